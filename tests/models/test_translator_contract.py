"""What every translator must do, whatever it is made of."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD
from models.config import TranslatorSpec
from models.decoding import DecodingConfig, build_search, rescore
from models.translator import Translator, build_translator
from tests.models.combinations import name_of, recurrent_combinations, transformer_combinations

COMBINATIONS = recurrent_combinations() + transformer_combinations()

VOCABULARY = 8
# Ragged, and one source without any token.
SOURCE = np.array([[4, 5, END], [1, END, PAD], [PAD, PAD, PAD]])
INPUTS = np.array([[BEGIN, 4], [BEGIN, 7], [BEGIN, PAD]])


class Subject(NamedTuple):
    """A translator, and what it makes of SOURCE and INPUTS."""

    translator: Translator
    memory: Any
    logits: np.ndarray
    state: Any
    attention: np.ndarray


@pytest.fixture(scope="module", params=COMBINATIONS, ids=name_of)
def subject(request):
    translator = build_translator(
        TranslatorSpec(
            model=request.param, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY
        )
    )
    # Zeros and ones among the initial values would hide what they multiply.
    random = np.random.default_rng(5)
    for variable in translator.trainable_variables:
        variable.assign(random.uniform(-0.7, 0.7, variable.shape))
    memory = translator.encode(tf.constant(SOURCE))
    logits, state, attention = translator.decode(
        tf.constant(INPUTS), translator.start(memory), memory
    )
    return Subject(translator, memory, logits.numpy(), state, attention.numpy())


@pytest.fixture
def translator(subject):
    return subject.translator


def call(translator, source, inputs):
    return translator((tf.constant(source), tf.constant(inputs))).numpy()


def test_at_least_150_combinations():
    assert len({name_of(config) for config in COMBINATIONS}) >= 150


def test_the_spec_survives_json(translator):
    spec = translator.spec
    assert TranslatorSpec.model_validate_json(spec.model_dump_json()) == spec


def test_every_variable_has_a_name_of_its_own(translator):
    paths = [variable.path for variable in translator.trainable_variables]
    assert len(set(paths)) == len(paths), paths


def test_padding_changes_nothing(subject):
    padded = np.pad(SOURCE, [(0, 0), (0, 2)]), np.pad(INPUTS, [(0, 0), (0, 1)])
    logits = call(subject.translator, *padded)
    np.testing.assert_allclose(logits[:, : INPUTS.shape[1]], subject.logits, atol=1e-5)


def test_a_sentence_alone_is_as_in_a_batch(subject):
    assert np.isfinite(subject.logits).all()
    alone = call(subject.translator, SOURCE[1:2, :2], INPUTS[1:2])
    np.testing.assert_allclose(alone, subject.logits[1:2], atol=1e-5)


def test_gradients_reach_every_variable(subject):
    translator = subject.translator
    with tf.GradientTape() as tape:
        logits = translator((tf.constant(SOURCE), tf.constant(INPUTS)), training=True)
        loss = tf.reduce_sum(tf.nn.log_softmax(logits)[..., 4])
    np.testing.assert_allclose(logits, subject.logits, atol=1e-5)
    variables = translator.trainable_variables
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        assert gradient is not None, variable.path
        largest = np.abs(tf.convert_to_tensor(gradient)).max()
        assert 1e-9 < largest < np.inf, f"{variable.path}: {largest}"


def test_steps_are_a_stretch_and_stretches_join(subject):
    translator, memory = subject.translator, subject.memory
    first, middle, _ = translator.decode(
        tf.constant(INPUTS[:, :1]), translator.start(memory), memory
    )
    np.testing.assert_allclose(first, subject.logits[:, :1], atol=1e-5)
    second, after, weights = translator.step(tf.constant(INPUTS[:, 1]), middle, memory)
    np.testing.assert_allclose(second, subject.logits[:, 1], atol=1e-5)
    np.testing.assert_allclose(weights, subject.attention[:, 1], atol=1e-5)
    tf.nest.map_structure(
        lambda one, other: np.testing.assert_allclose(one, other, atol=1e-5), after, subject.state
    )


def test_attention_sums_to_1_and_is_0_on_padding(subject):
    real = SOURCE != PAD
    np.testing.assert_array_equal(subject.memory.mask, real)
    assert not subject.attention[~np.broadcast_to(real[:, None], subject.attention.shape)].any()
    expected = real.any(1) * float(subject.translator.spec.model.attention != "none")
    for time in range(INPUTS.shape[1]):
        np.testing.assert_allclose(subject.attention[:, time].sum(1), expected, atol=1e-6)


def test_greedy_is_beam_1_is_rescored(translator):
    source = tf.constant(SOURCE[:2])
    limits = {"maximum_length": 2}
    greedy = build_search(DecodingConfig(strategy="greedy", **limits))(translator, source)
    beam = build_search(DecodingConfig(strategy="beam", beam=1, **limits))(translator, source)
    np.testing.assert_array_equal(greedy.ids, beam.ids)
    np.testing.assert_allclose(greedy.scores, beam.scores, atol=1e-5)
    np.testing.assert_allclose(rescore(translator, source, greedy.ids), greedy.scores, atol=1e-5)


def test_saved_and_loaded_it_is_equal(subject, tmp_path):
    translator = subject.translator
    translator.save_weights(tmp_path / "translator.weights.h5")
    for variable in translator.trainable_variables:
        variable.assign(tf.zeros(variable.shape))
    translator.load_weights(tmp_path / "translator.weights.h5")
    np.testing.assert_allclose(call(translator, SOURCE, INPUTS), subject.logits, atol=1e-6)
