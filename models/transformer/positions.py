"""Where a token stands."""

import tensorflow as tf


def placed(embedded: tf.Tensor, start: int | tf.Tensor = 0) -> tf.Tensor:
    """Embeddings times √H plus sinusoids of their positions, Vaswani et al. 2017, section 3.5.

    The sines fill the first half of the last axis and the cosines the second.

    Args:
        embedded: [B, T, H], H even.
        start: the position of the first token.

    Returns:
        [B, T, H].
    """
    width = embedded.shape[-1]
    positions = tf.cast(start + tf.range(tf.shape(embedded)[1]), tf.float32)
    rates = 10000.0 ** (-tf.range(0, width, 2, tf.float32) / width)
    angles = positions[:, tf.newaxis] * rates
    sinusoids = tf.concat([tf.sin(angles), tf.cos(angles)], axis=-1)
    return embedded * width**0.5 + tf.cast(sinusoids, embedded.dtype)
