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
    one_step = [tf.reshape(each, [1, -1, each.shape[-1]]) for each in (inputs, states)]
    norms = product_norms(step, *one_step, tf.constant([1]), iterations)
    return tf.reshape(norms, tf.shape(states)[:2])


def product_norms(
    step: Step,
    inputs: tf.Tensor,
    states: tf.Tensor,
    distances: tf.Tensor | np.ndarray,
    iterations: int = 12,
) -> tf.Tensor:
    """‖∂state_T/∂state_{T-d}‖₂ = ‖J_T … J_{T-d+1}‖₂ for every d of ``distances``.

    Each distance has a vector of its own, and all of them travel in one pass: forwards a vector
    waits until step T - d, backwards it stops there.

    Args:
        step, inputs, states, iterations: as for ``step_norms``.
        distances: [D] of 1 … T.

    Returns:
        [D, B].
    """
    steps, rows, size = tf.unstack(tf.shape(states))
    distances = tf.cast(distances, tf.int32)
    count = tf.size(distances)
    begins = tf.repeat(steps - distances, rows)[:, tf.newaxis]

    def at(time: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Input and state of a step for the vectors of all distances, and who takes part."""
        wide = [tf.tile(each[time], [count, 1]) for each in (inputs, states)]
        return *wide, time >= begins

    seeds = tf.random.stateless_normal([count * rows, size], [7, 11], dtype=states.dtype)
    vectors, _ = _unit(tf.ensure_shape(seeds, [None, states.shape[-1]]))
    norms = tf.zeros([count * rows], states.dtype)
    for _ in tf.range(iterations):
        tf.autograph.experimental.set_loop_options(
            shape_invariants=[(norms, tf.TensorShape([None]))]
        )
        pushed, norms = _unit(_push(step, at, steps, vectors))
        vectors, _ = _unit(_pull(step, at, steps, pushed))
    return tf.reshape(norms, [count, rows])


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


def _push(step: Step, at: Callable, steps: tf.Tensor, vectors: tf.Tensor) -> tf.Tensor:
    """J_T … J_{T-d+1} v."""
    for time in tf.range(steps):
        inputs, state, begun = at(time)
        with tf.autodiff.ForwardAccumulator(state, vectors) as accumulator:
            following = step(inputs, state)
        vectors = tf.where(begun, accumulator.jvp(following), vectors)
    return vectors


def _pull(step: Step, at: Callable, steps: tf.Tensor, vectors: tf.Tensor) -> tf.Tensor:
    """J_{T-d+1}ᵀ … J_Tᵀ u."""
    for back in tf.range(steps):
        inputs, state, begun = at(steps - 1 - back)
        with tf.GradientTape() as tape:
            tape.watch(state)
            following = step(inputs, state)
        pulled = tape.gradient(following, state, output_gradients=vectors)
        vectors = tf.where(begun, pulled, vectors)
    return vectors


def _unit(vector: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows of length one [B, H], and the lengths that they had [B]."""
    size = tf.norm(vector, axis=-1)
    return tf.math.divide_no_nan(vector, size[:, tf.newaxis]), size
