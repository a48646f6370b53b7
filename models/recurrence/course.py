"""The course of a scan: which time step comes when, and the arrays that are filled on the way."""

from typing import Any, NamedTuple

import tensorflow as tf

Nest = Any


class Course(NamedTuple):
    """Steps 0, 1 … T-1 in the order of the scan; times are positions in the sequence.

    T + 1 states lie around T times: the state at slot t comes before time t in the sequence and
    the state at slot t + 1 after it, whichever way the scan runs.
    """

    length: int | tf.Tensor
    reverse: bool

    def time(self, step: int | tf.Tensor) -> int | tf.Tensor:
        """The position in the sequence of a step."""
        return self.length - 1 - step if self.reverse else step

    def before(self, step: int | tf.Tensor) -> int | tf.Tensor:
        """The slot of the state that a step starts from."""
        return self.time(step) + int(self.reverse)

    def after(self, step: int | tf.Tensor) -> int | tf.Tensor:
        """The slot of the state that a step leaves."""
        return self.time(step) + int(not self.reverse)


def length_of(tensor: tf.Tensor) -> int | tf.Tensor:
    """The size of the first axis: a number where it is known, as XLA needs it, else a tensor."""
    return tensor.shape[0] if tensor.shape[0] is not None else tf.shape(tensor)[0]


def time_major(tensor: tf.Tensor) -> tf.Tensor:
    """[B, T, …] to [T, B, …], and back."""
    return tf.transpose(tensor, [1, 0, *range(2, len(tensor.shape))])


def flat(tensor: tf.Tensor) -> tf.Tensor:
    """[T, B, any] to [T·B, any]."""
    return tf.reshape(tensor, [-1, tensor.shape[-1]])


def arrays(like: Nest, size: int | tf.Tensor) -> Nest:
    """An empty array of ``size`` entries for every tensor of the nest, of that tensor's shape."""
    return tf.nest.map_structure(
        lambda x: tf.TensorArray(x.dtype, size=size, element_shape=x.shape), like
    )


def write(filled: Nest, index: int | tf.Tensor, values: Nest) -> Nest:
    """The arrays with a value each at ``index``."""
    return tf.nest.map_structure(lambda array, value: array.write(index, value), filled, values)


def stack(filled: Nest, like: Nest, size: int | tf.Tensor) -> Nest:
    """The arrays of ``size`` entries as tensors with the entries along the first axis.

    Args:
        filled: of ``arrays``.
        like: a tensor of an entry's shape and type each; it tells the shape where size is 0.
        size: the number of entries.
    """

    def stacked(array, like):
        if isinstance(size, int) and size > 0:
            return array.stack()
        nothing = tf.zeros(tf.concat([[0], tf.shape(like)], axis=0), array.dtype)
        return nothing if isinstance(size, int) else tf.cond(size > 0, array.stack, lambda: nothing)

    return tf.nest.map_structure(stacked, filled, like)
