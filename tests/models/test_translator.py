"""The translator as a Keras model: precision, graphs, saving, and what its gradients look like."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD, UNKNOWN
from models.config import ModelConfig, TranslatorSpec
from models.translator import build_translator

SOURCE = tf.constant([[4, 5, 6, END], [7, END, PAD, PAD]])
INPUTS = tf.constant([[BEGIN, 4, 6], [BEGIN, 7, PAD]])
FAMILIES = [
    {},
    {"cell": "lstm", "attention": "multi_head", "coverage": True},
    {"decoder": {"input_feeding": True}, "tying": "all"},
    {"family": "transformer"},
]


def translator_of(**keys):
    config = ModelConfig.model_validate({"units": 8, "embedding": 8, **keys})
    return build_translator(TranslatorSpec(model=config, source_vocabulary=9, target_vocabulary=9))


@pytest.fixture
def mixed_bfloat16():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize("keys", FAMILIES)
def test_mixed_precision_is_near_full_precision(keys, mixed_bfloat16):
    translator = translator_of(**keys)
    assert {variable.dtype for variable in translator.trainable_variables} == {"float32"}
    with tf.GradientTape() as tape:
        logits = translator((SOURCE, INPUTS), training=True)
        loss = tf.reduce_mean(tf.square(tf.cast(logits, tf.float32)))
    assert logits.dtype == tf.bfloat16
    memory = translator.encode(SOURCE)
    step, _, _ = translator.step(INPUTS[:, 0], translator.start(memory), memory)
    gradients = tape.gradient(loss, [v.value for v in translator.trainable_variables])
    assert all(np.isfinite(tf.convert_to_tensor(gradient)).all() for gradient in gradients)

    keras.config.set_dtype_policy("float32")
    full = translator_of(**keys)
    full.set_weights([variable.numpy() for variable in translator.variables])
    expected = full((SOURCE, INPUTS))
    np.testing.assert_allclose(tf.cast(logits, tf.float32), expected, atol=0.05)
    np.testing.assert_allclose(tf.cast(step, tf.float32), expected[:, 0], atol=0.05)


@pytest.mark.parametrize("keys", FAMILIES)
def test_in_a_graph_of_unknown_lengths_it_is_as_without(keys):
    translator = translator_of(**keys)
    variables = [variable.value for variable in translator.trainable_variables]

    def step(source, inputs):
        with tf.GradientTape() as tape:
            logits = translator((source, inputs), training=True)
            loss = tf.reduce_sum(tf.nn.log_softmax(logits)[..., 4])
        gradients = tape.gradient(loss, variables)
        return logits, [tf.convert_to_tensor(gradient) for gradient in gradients]

    unknown = tf.TensorSpec([None, None], tf.int32)
    traced = tf.function(step, input_signature=[unknown, unknown])
    tf.nest.map_structure(
        lambda one, other: np.testing.assert_allclose(one, other, atol=1e-4),
        traced(SOURCE, INPUTS),
        step(SOURCE, INPUTS),
    )


def test_a_keras_file_brings_back_the_same_translator(tmp_path):
    translator = translator_of(dropout={"inputs": 0.1}, coverage=True)
    translator.save(tmp_path / "translator.keras")
    loaded = keras.models.load_model(tmp_path / "translator.keras")
    assert loaded.spec == translator.spec
    np.testing.assert_array_equal(loaded((SOURCE, INPUTS)), translator((SOURCE, INPUTS)))


@pytest.mark.parametrize("keys", FAMILIES)
def test_logits_of_chosen_positions_alone(keys):
    translator = translator_of(**keys)
    only = tf.not_equal(INPUTS, PAD)
    chosen = translator((SOURCE, INPUTS), only=only)
    assert chosen.shape == (5, 9)
    np.testing.assert_allclose(chosen, translator((SOURCE, INPUTS))[only], atol=1e-6)


def test_gradients_of_embeddings_stay_rows():
    translator = translator_of()
    tables = [translator.source_embedding.table.value, translator.target_embedding.table.value]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(translator((SOURCE, INPUTS), training=True)[..., 4])
    for gradient, ids in zip(tape.gradient(loss, tables), (SOURCE, INPUTS), strict=True):
        assert isinstance(gradient, tf.IndexedSlices)
        np.testing.assert_array_equal(gradient.indices, tf.reshape(ids, [-1]))


@pytest.mark.parametrize("keys", FAMILIES)
def test_dropout_is_at_work_in_training_alone(keys):
    rates = {"inputs": 0.3, "outputs": 0.3}
    if "family" not in keys:
        rates["recurrent"] = 0.3
    translator = translator_of(**keys, dropout=rates)
    once, again = (translator((SOURCE, INPUTS), training=True).numpy() for _ in range(2))
    assert not np.allclose(once, again)
    once, again = (translator((SOURCE, INPUTS)).numpy() for _ in range(2))
    np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize("keys", [*FAMILIES, {"attention": "none", "bridge": "mean"}])
def test_a_source_without_words_or_of_unknown_ones_has_a_translation(keys):
    translator = translator_of(**keys)
    for source in ([[END]], [[PAD, PAD]], [[UNKNOWN] * 3 + [END]]):
        logits = translator((tf.constant(source), INPUTS[:1]))
        assert np.isfinite(logits).all()


@pytest.mark.parametrize("keys", [*FAMILIES, {"attention": "none", "bridge": "mean"}])
@pytest.mark.parametrize("traced", [False, True])
def test_no_positions_are_like_padding_alone_and_no_steps_give_no_logits(keys, traced):
    translator = translator_of(**keys)

    def decoded(source, inputs):
        memory = translator.encode(source)
        return translator.decode(inputs, translator.start(memory), memory)

    if traced:
        decoded = tf.function(decoded, input_signature=[tf.TensorSpec([None, None], tf.int32)] * 2)
    padding = tf.fill([2, 3], PAD)
    logits, _, attention = decoded(padding[:, :0], INPUTS)
    assert attention.shape == (2, 3, 0)
    np.testing.assert_allclose(logits, decoded(padding, INPUTS)[0], rtol=1e-5, atol=1e-6)

    logits, _, attention = decoded(SOURCE, INPUTS[:, :0])
    assert logits.shape == (2, 0, 9)
    assert attention.shape == (2, 0, 4)


@pytest.mark.parametrize(
    ("tying", "matrices"),
    [
        ("none", ["output/kernel", "source_embedding/table", "target_embedding/table"]),
        ("decoder", ["source_embedding/table", "target_embedding/table"]),
        ("source_target", ["output/kernel", "target_embedding/table"]),
        ("all", ["target_embedding/table"]),
    ],
)
def test_tying_shares_matrices_over_the_vocabulary(tying, matrices):
    variables = translator_of(tying=tying, units=6).trainable_variables
    over_vocabulary = [v.path for v in variables if len(v.shape) == 2 and 9 in v.shape]
    assert sorted(over_vocabulary) == matrices


def test_tied_source_and_target_learn_in_one_table():
    translator = translator_of(tying="source_target")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(translator((tf.constant([[5, 6, END]]), tf.constant([[BEGIN, 7]]))))
    slices = tape.gradient(loss, translator.target_embedding.table.value)
    assert isinstance(slices, tf.IndexedSlices)
    assert set(slices.indices.numpy()) == {5, 6, 7, BEGIN, END}
