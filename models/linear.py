"""A matrix applied at every position."""

import keras
import tensorflow as tf

from models.initialisers import initialiser


def product(inputs: tf.Tensor, matrix: tf.Tensor, transpose: bool = False) -> tf.Tensor:
    """x W for any number of leading axes, as one product of two matrices.

    ``tf.matmul`` of [B, T, N] and [N, M] makes B small products, and for the gradient of W it
    makes B matrices and adds them up.

    Args:
        inputs: x, [..., N].
        matrix: W, [N, M]; [M, N] if ``transpose``.
    """
    outputs = tf.matmul(tf.reshape(inputs, [-1, inputs.shape[-1]]), matrix, transpose_b=transpose)
    leading = inputs.shape[:-1]
    if leading.is_fully_defined():
        return tf.reshape(outputs, [*leading, outputs.shape[-1]])
    shape = tf.concat([tf.shape(inputs)[:-1], tf.shape(outputs)[-1:]], axis=0)
    return tf.ensure_shape(tf.reshape(outputs, shape), [*leading, outputs.shape[-1]])


class Linear(keras.layers.Layer):
    """activation(x W + b), from [..., N] to [..., M].

    Args:
        units: M.
        kernel_initialiser: for W, a name of ``models.initialisers``.
        use_bias: whether there is a b.
        activation: the name of a Keras activation, or None.
    """

    def __init__(
        self,
        units: int,
        kernel_initialiser: str = "glorot",
        use_bias: bool = True,
        activation: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.kernel_initialiser = kernel_initialiser
        self.use_bias = use_bias
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer=initialiser(self.kernel_initialiser),
        )
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        outputs = product(inputs, tf.cast(self.kernel, self.compute_dtype))
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, tf.cast(self.bias, self.compute_dtype))
        return self.activation(outputs)
