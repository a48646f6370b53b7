"""Rows of nested tensors: every tensor of a memory or state leads with the row axis."""

import tensorflow as tf


def take(nest, index: tf.Tensor):
    """The rows ``index`` [M] of every tensor [N, ...]: [M, ...]."""
    return tf.nest.map_structure(lambda tensor: tf.gather(tensor, index), nest)


def repeat(nest, count: int):
    """Every row ``count`` times, copies adjacent: [N, ...] to [N * count, ...]."""
    return tf.nest.map_structure(lambda tensor: tf.repeat(tensor, count, axis=0), nest)


def loose(nest):
    """Loop invariants under which rows may leave and a state may grow in all but its last axis."""
    return tf.nest.map_structure(
        lambda tensor: tf.TensorShape(
            [None] * max(len(tensor.shape) - 1, 1) + tensor.shape.as_list()[1:][-1:]
        ),
        nest,
    )
