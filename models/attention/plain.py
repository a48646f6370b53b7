"""No attention: the context vector of the first sequence-to-sequence models."""

import tensorflow as tf

from models.attention.attention import Attention, Sight


class PlainContext(Attention):
    """Every step sees the encoder's last state, Cho et al. 2014; the weights are all 0."""

    def see(self, outputs, summary):
        return Sight(values=summary[:, tf.newaxis], keys=summary[:, tf.newaxis])

    def call(self, queries, sight, mask):
        steps = tf.shape(queries)[1]
        weights = tf.zeros([tf.shape(mask)[0], steps, tf.shape(mask)[1]], queries.dtype)
        return tf.repeat(sight.values, steps, axis=1), weights
