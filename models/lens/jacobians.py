"""The size of ∂state_t/∂state_k, without building a Jacobian.

The largest singular value of J is the limit of power iteration v ← JᵀJ v, which needs only the
products J v and Jᵀ u of one step. Jᵀ u is what a backward pass does. It is linear in u, so that its
own gradient, with v for the outputs, is J v: the transpose of the transpose. The products of many
steps are those of single steps one after the other, each at the state that the forward pass went
through.

A cell with more than h in its state (the LSTM's c) is measured in its whole state [h; c]: that is
what the gradient travels through.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from models.recurrence import AnalyticCell

Nest = Any


class Jacobians(NamedTuple):
    """J_t = ∂state_t/∂state_{t-1} of T steps and B rows, as linear maps.

    transposed: from the coefficients of a step, [N, any] each, and u [N, H] to J_tᵀ u [N, H].
    coefficients: of every step, a nest of [T, B, any]. size: H, of the whole state.
    """

    transposed: Callable[[Nest, tf.Tensor], tf.Tensor]
    coefficients: Nest
    size: int

    def forwards(self, local: Nest, vectors: tf.Tensor) -> tf.Tensor:
        """J_t v [N, H], from the coefficients of a step and v [N, H]."""
        anywhere = tf.zeros_like(vectors)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(anywhere)
            backwards = self.transposed(local, anywhere)
        return tape.gradient(
            backwards, anywhere, output_gradients=vectors, unconnected_gradients="zero"
        )


def by_autodiff(
    step: Callable[[tf.Tensor, tf.Tensor], tf.Tensor], inputs: tf.Tensor, states: tf.Tensor
) -> Jacobians:
    """The Jacobians of any step.

    Args:
        step: (x_t [N, E], state [N, H]) to the next state [N, H]; rows do not see each other.
        inputs: x_1 … x_T, [T, B, E].
        states: state_0 … state_{T-1}, [T, B, H].
    """

    def transposed(local, vectors):
        inputs, state = local
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state)
            following = step(inputs, state)
        return tape.gradient(
            following, state, output_gradients=vectors, unconnected_gradients="zero"
        )

    return Jacobians(transposed, (inputs, states), states.shape[-1])


def by_hand(
    cell: AnalyticCell, weights: tuple, derivatives: tuple, sizes: Sequence[int]
) -> Jacobians:
    """The Jacobians of a cell that has a backward pass of its own: one product a step, no more.

    Args:
        cell, weights: whose.
        derivatives: of every step, [T, B, any] each.
        sizes: the last axis of each part of the state.
    """
    kernel = tf.transpose(weights.recurrent_kernel)

    def transposed(local, vectors):
        gradient = cell.State(*tf.split(vectors, sizes, axis=-1))
        returned = tf.matmul(cell.deltas(local, gradient), kernel)
        return tf.concat(list(cell.retreat(local, gradient, returned)), -1)

    return Jacobians(transposed, derivatives, sum(sizes))


def step_norms(jacobians: Jacobians, iterations: int = 12) -> tf.Tensor:
    """‖J_t‖₂ of every step and row, all at once: [T, B].

    Args:
        jacobians: of the steps.
        iterations: of the power iteration; the estimate approaches from below.
    """
    steps, rows = _steps_and_rows(jacobians)
    at_once = tf.nest.map_structure(
        lambda x: tf.reshape(x, [1, -1, x.shape[-1]]), jacobians.coefficients
    )
    norms = product_norms(jacobians._replace(coefficients=at_once), tf.constant([1]), iterations)
    return tf.reshape(norms, [steps, rows])


def product_norms(
    jacobians: Jacobians, distances: tf.Tensor | np.ndarray, iterations: int = 12
) -> tf.Tensor:
    """‖∂state_T/∂state_{T-d}‖₂ = ‖J_T … J_{T-d+1}‖₂ for every d of ``distances``.

    Each distance has a vector of its own, and all of them travel in one pass: each takes part in
    the last d steps alone.

    Args:
        jacobians, iterations: as for ``step_norms``.
        distances: [D] of 1 … T, rising.

    Returns:
        [D, B].
    """
    steps, rows = _steps_and_rows(jacobians)
    distances = tf.cast(distances, tf.int32)
    count = tf.size(distances)
    first = steps - distances[-1]

    def move(product: Callable, time: tf.Tensor, vectors: tf.Tensor) -> tf.Tensor:
        """One step of the vectors that take part; the longest distance's come first."""
        parts = tf.math.count_nonzero(distances >= steps - time, dtype=tf.int32)
        local = tf.nest.map_structure(
            lambda x: tf.tile(x[time], [parts, 1]), jacobians.coefficients
        )
        moved = product(local, vectors[: parts * rows])
        return tf.ensure_shape(tf.concat([moved, vectors[parts * rows :]], 0), vectors.shape)

    kind = tf.nest.flatten(jacobians.coefficients)[0].dtype
    vectors = tf.random.stateless_normal([count * rows, jacobians.size], [7, 11], dtype=kind)
    for _ in tf.range(iterations):
        vectors = _unit(vectors)
        for time in tf.range(steps - 1, first - 1, -1):
            vectors = move(jacobians.transposed, time, vectors)
        vectors = _unit(vectors)
        for time in tf.range(first, steps):
            vectors = move(jacobians.forwards, time, vectors)
    return tf.reverse(tf.reshape(tf.norm(vectors, axis=-1), [count, rows]), [0])


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


def _steps_and_rows(jacobians: Jacobians) -> list[tf.Tensor]:
    return tf.unstack(tf.shape(tf.nest.flatten(jacobians.coefficients)[0])[:2])


def _unit(vectors: tf.Tensor) -> tf.Tensor:
    """Rows of length one; a row of zeros stays."""
    return tf.math.divide_no_nan(vectors, tf.norm(vectors, axis=-1, keepdims=True))
