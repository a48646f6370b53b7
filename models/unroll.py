"""A loop over time for what cannot be taken for all steps at once; its gradient is the tape's."""

from collections.abc import Callable, Sequence

import tensorflow as tf


def unroll(
    step: Callable[[tf.Tensor, tuple], tuple[tuple[tf.Tensor, ...], tuple]],
    inputs: tf.Tensor,
    state: tuple,
    widths: Sequence[int | None],
) -> tuple[tuple[tf.Tensor, ...], tuple]:
    """Runs ``step`` over the time steps of ``inputs``.

    Args:
        step: from the inputs of one step [B, N] and the state before it to a tuple of outputs
            [B, any] and the state after it.
        inputs: [B, T, N].
        state: a nest of tensors whose leading axis is B.
        widths: the last axis of each output, None where it is dynamic.

    Returns:
        The outputs of all steps, [B, T, any] each, and the state after the last.
    """
    inputs = tf.transpose(inputs, [1, 0, 2])
    length = tf.shape(inputs)[0]
    arrays = tuple(
        tf.TensorArray(inputs.dtype, size=length, element_shape=[inputs.shape[1], width])
        for width in widths
    )

    def body(time, arrays, state):
        outputs, state = step(inputs[time], state)
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
    return tuple(tf.transpose(array.stack(), [1, 0, 2]) for array in arrays), state


def _loose(tensor: tf.Tensor) -> tf.TensorShape:
    return tf.TensorShape([None] * (len(tensor.shape) - 1) + [tensor.shape[-1]])
