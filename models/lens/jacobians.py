"""The size of ∂state_t/∂state_k, without building a Jacobian.

The largest singular value of J is the limit of power iteration v ← JᵀJ v, which needs only the
products J v (forward mode) and Jᵀ u (reverse mode) of one step. The products of many steps are
those of single steps one after the other, each at the state that the forward pass went through.

A cell with more than h in its state (the LSTM's c) is measured in its whole state [h; c]: that is
what the gradient travels through.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

# (x_t [N, E], state [N, H]) → the next state [N, H]; rows do not see each other.
Step = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def step_norms(step: Step, inputs: tf.Tensor, states: tf.Tensor, iterations: int = 12) -> tf.Tensor:
    """‖J_t‖₂ = ‖∂state_t/∂state_{t-1}‖₂ of every step and row, all at once.

    Args:
        step: the recurrence's step.
        inputs: x_1 … x_T, [T, B, E].
        states: state_0 … state_{T-1}, [T, B, H].
        iterations: of the power iteration; the estimate approaches from below.

    Returns:
        [T, B].
    """
    shape = tf.shape(states)
    one_step = [tf.reshape(each, [1, -1, each.shape[-1]]) for each in (inputs, states)]
    return tf.reshape(_norm(step, *one_step, iterations), shape[:2])


def product_norms(
    step: Step,
    inputs: tf.Tensor,
    states: tf.Tensor,
    distances: np.ndarray,
    iterations: int = 12,
) -> tf.Tensor:
    """‖∂state_T/∂state_{T-d}‖₂ = ‖J_T … J_{T-d+1}‖₂ for every d of ``distances``.

    Args:
        step, inputs, states, iterations: as for ``step_norms``.
        distances: [D] of 1 … T.

    Returns:
        [D, B].
    """
    run = tf.function(_norm, reduce_retracing=True)
    return tf.stack(
        [run(step, inputs[-d:], states[-d:], tf.constant(iterations)) for d in map(int, distances)]
    )


def textbook_bound(alpha: float, gamma: float, distances: np.ndarray) -> np.ndarray:
    """(alpha·gamma)^d, which ‖∂h_t/∂h_{t-d}‖₂ cannot exceed (Pascanu et al. 2013, eq. 7).

    Args:
        alpha: the largest singular value of W_h.
        gamma: the largest |φ'(a_t)| of the batch.
        distances: [D].

    Returns:
        [D].
    """
    return (alpha * gamma) ** np.asarray(distances, np.float64)


def _norm(step: Step, inputs: tf.Tensor, states: tf.Tensor, iterations) -> tf.Tensor:
    """The largest singular value of the product of the steps' Jacobians: [T, B, …] to [B]."""
    vector, _ = _unit(tf.random.stateless_normal(tf.shape(states)[1:], [7, 11], dtype=states.dtype))
    size = tf.zeros(tf.shape(states)[1:2], states.dtype)
    for _ in tf.range(iterations):
        pushed, size = _unit(_push(step, inputs, states, vector))
        vector, _ = _unit(_pull(step, inputs, states, pushed))
    return size


def _push(step: Step, inputs: tf.Tensor, states: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
    """J_T … J_1 v."""
    for t in tf.range(tf.shape(states)[0]):
        state = states[t]
        with tf.autodiff.ForwardAccumulator(state, vector) as accumulator:
            following = step(inputs[t], state)
        vector = accumulator.jvp(following)
    return vector


def _pull(step: Step, inputs: tf.Tensor, states: tf.Tensor, vector: tf.Tensor) -> tf.Tensor:
    """J_1ᵀ … J_Tᵀ u."""
    steps = tf.shape(states)[0]
    for back in tf.range(steps):
        t = steps - 1 - back
        state = states[t]
        with tf.GradientTape() as tape:
            tape.watch(state)
            following = step(inputs[t], state)
        vector = tape.gradient(following, state, output_gradients=vector)
    return vector


def _unit(vector: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows of length one [B, H], and the lengths that they had [B]."""
    size = tf.norm(vector, axis=-1)
    return tf.math.divide_no_nan(vector, size[:, tf.newaxis]), size
