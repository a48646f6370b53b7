"""A loop over time for what cannot be taken for all steps at once; its gradient is the tape's."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


def unroll(
    step: Callable[[Any, Any], tuple[tuple[tf.Tensor, ...], Any]],
    inputs: Any,
    state: Any,
    widths: Sequence[int | None],
) -> tuple[tuple[tf.Tensor, ...], Any]:
    """Runs ``step`` over the time steps of ``inputs``.

    Args:
        step: from the inputs of one step [B, any] and the state before it to a tuple of outputs
            [B, any] and the state after it.
        inputs: a nest of tensors [B, T, any].
        state: a nest of tensors whose leading axis is B.
        widths: the last axis of each output, None where it is dynamic.

    Returns:
        The outputs of all steps, [B, T, any] each, and the state after the last.
    """
    inputs = tf.nest.map_structure(_exchange_axes, inputs)
    leader = tf.nest.flatten(inputs)[0]
    length = tf.shape(leader)[0]
    arrays = tuple(
        tf.TensorArray(leader.dtype, size=length, element_shape=[leader.shape[1], width])
        for width in widths
    )

    def body(time, arrays, state):
        outputs, state = step(tf.nest.map_structure(lambda x: x[time], inputs), state)
        arrays = tuple(array.write(time, out) for array, out in zip(arrays, outputs, strict=True))
        return time + 1, arrays, state

    _, arrays, state = tf.while_loop(
        lambda time, *_: time < length,
        body,
        (0, arrays, state),
        shape_invariants=(
            tf.TensorShape([]),
            tuple(tf.TensorShape(None) for _ in arrays),
            tf.nest.map_structure(_loose, state),
        ),
        maximum_iterations=length,
    )
    return tuple(_exchange_axes(array.stack()) for array in arrays), state


def _exchange_axes(tensor: tf.Tensor) -> tf.Tensor:
    return tf.transpose(tensor, [1, 0, 2])


def _loose(tensor: tf.Tensor) -> tf.TensorShape:
    return tf.TensorShape([None] * (len(tensor.shape) - 1) + [tensor.shape[-1]])
