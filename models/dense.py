"""A dense layer whose product is one matrix product, whatever the rank of its inputs."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("throughline")
class Dense(keras.layers.Dense):
    """Keras's dense layer over rows: [..., E] is taken as [N, E].

    Keras multiplies inputs of rank 3 batch by batch, and their kernel's gradient is one matrix for
    every batch, [B, E, H], which is then summed over B.
    """

    def call(self, inputs, training=None):
        rows = super().call(tf.reshape(inputs, [-1, inputs.shape[-1]]), training=training)
        return tf.reshape(rows, tf.concat([tf.shape(inputs)[:-1], [self.units]], axis=0))
