"""A loop over time for what cannot be taken for all steps at once; its gradient is the tape's."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from models.recurrence.course import arrays, length_of, stack, write


def unroll(
    step: Callable[[Any, Any], tuple[tuple[tf.Tensor, ...], Any]],
    inputs: Any,
    state: Any,
    like: tuple[tf.Tensor, ...],
) -> tuple[tuple[tf.Tensor, ...], Any]:
    """Runs ``step`` over the time steps of ``inputs``.

    Args:
        step: from the inputs of one step [B, any] and the state before it to a tuple of outputs
            [B, any] and the state after it.
        inputs: a nest of tensors [B, T, any].
        state: a nest of tensors whose leading axis is B.
        like: a tensor of the shape and type of one step's output each, [B, any].

    Returns:
        The outputs of all steps, [B, T, any] each, and the state after the last.
    """
    inputs = tf.nest.map_structure(_exchange_axes, inputs)
    length = length_of(tf.nest.flatten(inputs)[0])

    def body(time, filled, state):
        outputs, state = step(tf.nest.map_structure(lambda x: x[time], inputs), state)
        return time + 1, write(filled, time, outputs), state

    _, filled, state = tf.while_loop(
        lambda time, *_: time < length,
        body,
        (0, arrays(like, length), state),
        shape_invariants=(
            tf.TensorShape([]),
            tuple(tf.TensorShape(None) for _ in like),
            tf.nest.map_structure(_loose, state),
        ),
        maximum_iterations=length,
    )
    return tf.nest.map_structure(_exchange_axes, stack(filled, like, length)), state


def _exchange_axes(tensor: tf.Tensor) -> tf.Tensor:
    return tf.transpose(tensor, [1, 0, 2])


def _loose(tensor: tf.Tensor) -> tf.TensorShape:
    return tf.TensorShape([None] * (len(tensor.shape) - 1) + [tensor.shape[-1]])
