"""Bridges: how the decoder's first state comes from the encoder's last."""

import keras
import tensorflow as tf

from models.config import ModelConfig
from models.encoder import Encoded
from models.initialisers import initialiser


class Bridge(keras.layers.Layer):
    """From what the encoder left to a State for each layer of the decoder.

    Args:
        config: the model's settings.
        sizes: the cell's State of numbers, the last axis of each part.
    """

    def __init__(self, config: ModelConfig, sizes: tuple, **kwargs):
        super().__init__(**kwargs)
        self.config = config
        self.sizes = sizes
        self.layers_to_fill = config.decoder.layers
        self.built = True

    def zeros(self, encoded: Encoded) -> tuple:
        """One State of zeros."""
        batch = tf.shape(encoded.outputs)[0]
        return type(self.sizes)(*[tf.zeros([batch, n], self.compute_dtype) for n in self.sizes])


class ZerosBridge(Bridge):
    """Zeros: the decoder learns of the source from its context alone."""

    def call(self, encoded):
        return (self.zeros(encoded),) * self.layers_to_fill


class LastBridge(Bridge):
    """Each layer takes the last state of the encoder's layer beside it, counted from the top.

    Of two directions it takes the mean.
    """

    def call(self, encoded):
        return tuple(
            tf.nest.map_structure(lambda *parts: tf.add_n(parts) / len(parts), *directions)
            for directions in encoded.final[-self.layers_to_fill :]
        )


class MeanBridge(Bridge):
    """h is the mean of the encoder's outputs over the source, 0 if that is empty; the rest is 0.

    Of two directions side by side it takes the mean.
    """

    def call(self, encoded):
        real = tf.cast(encoded.mask, encoded.outputs.dtype)[..., tf.newaxis]
        total = tf.reduce_sum(encoded.outputs * real, axis=1)
        mean = tf.math.divide_no_nan(total, tf.reduce_sum(real, axis=1))
        directions = mean.shape[-1] // self.config.units
        hidden = tf.add_n(tf.split(mean, directions, axis=-1)) / directions
        return (self.zeros(encoded)._replace(h=hidden),) * self.layers_to_fill


class DenseBridge(Bridge):
    """tanh(W s + b) of the last states of the encoder's last layer side by side."""

    def __init__(self, config: ModelConfig, sizes: tuple, **kwargs):
        super().__init__(config, sizes, **kwargs)
        self.dense = keras.layers.Dense(
            sum(sizes) * self.layers_to_fill,
            activation="tanh",
            kernel_initializer=initialiser(config.initialisers.kernel),
        )

    def call(self, encoded):
        last = tf.concat(tf.nest.flatten(encoded.final[-1]), axis=-1)
        states = tf.split(self.dense(last), self.layers_to_fill, axis=-1)
        return tuple(
            type(self.sizes)(*tf.split(state, list(self.sizes), axis=-1)) for state in states
        )


BRIDGES: dict[str, type[Bridge]] = {
    "zeros": ZerosBridge,
    "last": LastBridge,
    "mean": MeanBridge,
    "dense": DenseBridge,
}
