"""The softmax over those source positions that exist."""

import tensorflow as tf


def masked_softmax(energies: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Weights that sum to 1 over the real positions and are exactly 0 elsewhere.

    Args:
        energies: e, [..., S].
        mask: boolean, broadcastable to ``energies``, True = real token.

    Returns:
        a, [..., S]; all zeros where no position is real.
    """
    weights = tf.nn.softmax(tf.where(mask, energies, energies.dtype.min))
    return tf.where(mask, weights, tf.zeros([], weights.dtype))
