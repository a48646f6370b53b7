"""Products for any number of leading axes."""

import numpy as np
import pytest
import tensorflow as tf

from models.linear import Linear, product


@pytest.mark.parametrize("leading", [(3,), (2, 3), (2, 1, 3), (0, 3)])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("transpose", [True, False])
def test_product_and_its_gradients_are_those_of_einsum(leading, known, transpose):
    random = np.random.default_rng(0)
    inputs = tf.constant(random.normal(size=(*leading, 4)))
    matrix = tf.constant(random.normal(size=(5, 4) if transpose else (4, 5)))
    upstream = tf.constant(random.normal(size=(*leading, 5)))

    def by_product(inputs, matrix):
        return product(inputs, matrix, transpose)

    def by_einsum(inputs, matrix):
        return tf.einsum("...n,mn->...m" if transpose else "...n,nm->...m", inputs, matrix)

    results = []
    for function in (by_product, by_einsum):
        shape = inputs.shape if known else [None] * len(leading) + [4]
        traced = tf.function(function).get_concrete_function(
            tf.TensorSpec(shape, tf.float64), tf.TensorSpec(matrix.shape, tf.float64)
        )
        with tf.GradientTape() as tape:
            tape.watch([inputs, matrix])
            outputs = traced(inputs, matrix)
        results.append((outputs, *tape.gradient(outputs, [inputs, matrix], upstream)))
    for one, other in zip(*results, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_linear_is_the_activation_of_a_product_and_a_bias():
    layer = Linear(3, activation="tanh")
    inputs = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    layer(inputs)
    layer.bias.assign([0.1, 0.2, 0.3])
    expected = np.tanh(inputs @ layer.kernel.numpy() + [0.1, 0.2, 0.3])
    np.testing.assert_allclose(layer(inputs), expected, atol=1e-6)
