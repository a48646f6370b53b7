"""Windows of backpropagation through time against the whole, and against the chain rule."""

import numpy as np
import pytest
import tensorflow as tf

from models.training import bptt
from models.training.objectives.cross_entropy import CrossEntropy, decoder_input, token_loss
from tests.models.training.tiny import tiny_translator

SOURCE = tf.constant([[4, 5, 6, 3], [7, 3, 0, 0]], tf.int64)
TARGET = tf.constant([[5, 4, 6, 7, 8, 4, 3], [6, 5, 3, 0, 0, 0, 0]], tf.int64)
LENGTH = TARGET.shape[1]
UPDATE = tf.constant(0)


@pytest.fixture(params=["tokens", "sentences"])
def cross_entropy(request):
    return CrossEntropy(tiny_translator(dtype="float64"), 0.1, request.param)


def windowed(cross_entropy, window):
    translator = cross_entropy.translator
    gradients = bptt.windowed(translator, cross_entropy, window, translator.trainable_variables)
    return tf.function(gradients)(SOURCE, TARGET, UPDATE)


@pytest.mark.parametrize("window", [LENGTH, LENGTH + 1, 100])
def test_a_window_over_everything_is_full_bptt_to_the_bit(cross_entropy, window):
    variables = cross_entropy.translator.trainable_variables
    expected, outcome = tf.function(bptt.full(cross_entropy, variables))(SOURCE, TARGET, UPDATE)
    found, of_windows = windowed(cross_entropy, window)
    np.testing.assert_array_equal(of_windows.loss, outcome.loss)
    for one, other, variable in zip(found, expected, variables, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=variable.path)


@pytest.mark.parametrize("window", [1, 2, 3, 5])
def test_windows_leave_the_loss_and_the_weight_as_they_are(cross_entropy, window):
    whole = cross_entropy(SOURCE, TARGET, UPDATE)
    _, found = windowed(cross_entropy, window)
    np.testing.assert_allclose(found.loss, whole.loss, rtol=1e-12)
    assert found.weight == whole.weight
    np.testing.assert_allclose(found.measures["correct"], whole.measures["correct"])


@pytest.mark.parametrize("window", [1, 2, 3, 5])
def test_the_gradient_is_cut_in_the_state_and_nowhere_else(cross_entropy, window):
    """One tape over all steps, with the state stopped by hand at each window."""
    translator = cross_entropy.translator
    variables = translator.trainable_variables
    inputs = decoder_input(TARGET)
    with tf.GradientTape() as tape:
        memory = translator.encode(SOURCE, training=True)
        state, loss = translator.start(memory), 0.0
        for position in range(LENGTH):
            if position and position % window == 0:
                state = tf.nest.map_structure(tf.stop_gradient, state)
            logits, state, _ = translator.step(inputs[:, position], state, memory)
            here = token_loss(logits[:, None], TARGET[:, position : position + 1], 0.1)
            loss += here.loss
    expected = tape.gradient(loss, variables)
    found, _ = windowed(cross_entropy, window)
    for one, other, variable in zip(found, expected, variables, strict=True):
        np.testing.assert_allclose(
            one, tf.convert_to_tensor(other), atol=1e-12, err_msg=variable.path
        )


def test_a_cut_changes_the_gradient(cross_entropy):
    whole, _ = windowed(cross_entropy, LENGTH)
    cut, _ = windowed(cross_entropy, 1)
    assert max(np.abs(a - b).max() for a, b in zip(whole, cut, strict=True)) > 1e-4
