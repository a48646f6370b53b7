"""How long a hypothesis may grow."""

import tensorflow as tf

from models.decoding.config import DecodingConfig


def length_limits(config: DecodingConfig, mask: tf.Tensor) -> tf.Tensor:
    """The most ids, END included, for sources with ``mask`` [B, S]: int32 [B].

    It depends on the real ids of a sentence alone, so padding does not change a translation.
    """
    source_length = tf.reduce_sum(tf.cast(mask, tf.float32), axis=1)
    relative = tf.cast(config.maximum_ratio * source_length, tf.int32) + config.maximum_offset
    return tf.clip_by_value(relative, config.minimum_length, config.maximum_length)
