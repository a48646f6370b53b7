"""Windows of backpropagation through time against the whole, and against the chain rule."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig, TranslatorSpec
from models.encoder import Encoded
from models.training import bptt
from models.training.objectives.cross_entropy import CrossEntropy, decoder_input, token_loss
from models.translator import build_translator
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


SPEC = {"units": 3, "embedding": 3, "encoder": {"layers": 2}}


def _real_translator(**settings):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    try:
        keras.utils.set_random_seed(2)
        model = ModelConfig.model_validate({**SPEC, **settings})
        spec = TranslatorSpec(model=model, source_vocabulary=9, target_vocabulary=9)
        return build_translator(spec)
    finally:
        keras.config.set_dtype_policy(before)


def test_a_recurrent_encoder_is_cut_as_well():
    """Against the decoder's windows over an encoder that is run by hand, a window at a time."""
    translator, window = _real_translator(), 2
    variables = translator.trainable_variables
    cross_entropy = CrossEntropy(translator)
    found, _ = bptt.windowed(translator, cross_entropy, window, variables)(SOURCE, TARGET, UPDATE)
    translator.encode = lambda source_ids, training, window: _cut_by_hand(translator, window)
    expected, _ = bptt.windowed(translator, cross_entropy, window, variables)(
        SOURCE, TARGET, UPDATE
    )
    for one, other, variable in zip(found, expected, variables, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12, err_msg=variable.path)


def _cut_by_hand(translator, window: int):
    """``encode`` of SOURCE, each layer stepping along with its state stopped at every window."""
    mask = SOURCE != 0
    outputs, final = translator.source_embedding(SOURCE), []
    for level in translator.encoder.stack:
        sides, states = [], []
        for layer in level.directions:
            places = list(range(SOURCE.shape[1]))
            state, hidden = layer.zero_state(2), {}
            for step, place in enumerate(reversed(places) if layer.reverse else places):
                if step and step % window == 0:
                    state = tf.nest.map_structure(tf.stop_gradient, state)
                _, following = layer.step(outputs[:, place], state)
                state = tf.nest.map_structure(
                    lambda new, old, place=place: tf.where(mask[:, place, None], new, old),
                    following,
                    state,
                )
                hidden[place] = state.h
            sides.append(tf.stack([hidden[place] for place in places], 1))
            states.append(state)
        outputs = tf.concat(sides, -1)
        final.append(tuple(states))
    summary = tf.concat([state.h for state in final[-1]], -1)
    return translator.decoder.remember(Encoded(outputs, summary, mask, tuple(final)))


def test_windows_over_both_sides_are_full_bptt_of_a_real_translator():
    translator = _real_translator()
    variables = translator.trainable_variables
    cross_entropy = CrossEntropy(translator)
    expected, _ = bptt.full(cross_entropy, variables)(SOURCE, TARGET, UPDATE)
    found, _ = bptt.windowed(translator, cross_entropy, LENGTH, variables)(SOURCE, TARGET, UPDATE)
    cut, _ = bptt.windowed(translator, cross_entropy, 1, variables)(SOURCE, TARGET, UPDATE)
    for one, other, variable in zip(found, expected, variables, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14, err_msg=variable.path)
    recurrent = next(i for i, v in enumerate(variables) if "layer_0/forward/recurrent" in v.path)
    assert np.abs(cut[recurrent] - expected[recurrent]).max() > 1e-6


def test_a_translator_that_recomputes_has_the_same_gradient():
    found, expected = [], []
    for gradients, settings in ((expected, {}), (found, {"recompute": True})):
        translator = _real_translator(**settings)
        assert translator.decoder.stack[0].recompute is bool(settings)
        variables = translator.trainable_variables
        step = tf.function(bptt.full(CrossEntropy(translator), variables))
        gradients += step(SOURCE, TARGET, UPDATE)[0]
    for one, other, variable in zip(found, expected, variables, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14, err_msg=variable.path)
