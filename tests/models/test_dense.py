import keras
import numpy as np
import pytest
import tensorflow as tf

from models.dense import Dense


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 1, 3, 4)])
def test_equals_keras_for_any_rank(shape):
    ours = Dense(5, activation="tanh")
    theirs = keras.layers.Dense(5, activation="tanh")
    for layer in (ours, theirs):
        layer.build(shape)
    theirs.set_weights(ours.get_weights())
    inputs = tf.constant(np.random.default_rng(0).standard_normal(shape), tf.float32)

    def outputs_and_gradients(layer):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs)
        return outputs, tape.gradient(outputs, [inputs, *layer.trainable_variables])

    for mine, other in zip(
        tf.nest.flatten(outputs_and_gradients(ours)),
        tf.nest.flatten(outputs_and_gradients(theirs)),
        strict=True,
    ):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_the_shape_is_known_where_sizes_are_not():
    layer = Dense(5)

    @tf.function(input_signature=[tf.TensorSpec([None, None, 4])])
    def traced(inputs):
        outputs = layer(inputs)
        assert outputs.shape.as_list() == [None, None, 5]
        return outputs

    assert traced(tf.zeros([2, 3, 4])).shape == (2, 3, 5)
