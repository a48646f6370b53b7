import numpy as np
import pytest
import tensorflow as tf

from foundation.vocabulary import END
from models.config import ModelConfig, TranslatorSpec
from models.decoding import DecodingConfig, build_search
from models.subwords import vocabulary_size
from models.text_translator import SubwordPair, TextTranslator
from models.translator import build_translator
from tests.subword_models import SENTENCES, train_subwords

LIMIT = 12


@pytest.fixture(scope="module")
def pair() -> SubwordPair:
    return SubwordPair(train_subwords(vocabulary=60), train_subwords(vocabulary=90))


@pytest.fixture(scope="module")
def text_translator(pair) -> TextTranslator:
    tf.random.set_seed(5)
    spec = TranslatorSpec(
        model=ModelConfig(units=6, embedding=4),
        source_vocabulary=vocabulary_size(pair.source),
        target_vocabulary=vocabulary_size(pair.target),
    )
    search = build_search(DecodingConfig(beam=3, n_best=2, maximum_length=9))
    return TextTranslator(build_translator(spec), search, pair, LIMIT)


UNUSUAL = ["", " ", "👋🏽", "مرحبا", "\x00", "ß" * 3000, "zzz qqq"]


@pytest.mark.parametrize("text", UNUSUAL)
def test_every_text_has_an_answer(text_translator, text):
    found = text_translator.translate(tf.constant([text]))
    assert found.text.shape == (1, 2)
    assert tf.reduce_all(tf.math.is_finite(found.scores))
    found.text.numpy()[0, 0].decode("utf-8")


def test_nothing_is_translated_to_nothing(text_translator):
    found = text_translator.translate(tf.constant(["", "  ", SENTENCES[0]]))
    assert found.text.numpy()[:2].tolist() == [[b"", b""], [b"", b""]]


def test_no_texts_have_no_answers(text_translator):
    assert text_translator.translate(tf.constant([], tf.string)).text.shape == (0, 2)


def test_alone_as_in_a_batch(text_translator):
    together = text_translator.translate(tf.constant(SENTENCES))
    for i, sentence in enumerate(SENTENCES):
        alone = text_translator.translate(tf.constant([sentence]))
        assert alone.text.numpy().tolist() == together.text[i : i + 1].numpy().tolist()
        tf.debugging.assert_near(alone.scores[0], together.scores[i], atol=1e-4)


def test_the_best_alone_is_the_first_of_all(text_translator):
    texts = tf.constant([*SENTENCES, ""])
    every, best = text_translator.translate(texts), text_translator.best(texts)
    assert best.text.shape == (len(SENTENCES) + 1, 1)
    assert best.text[:, 0].numpy().tolist() == every.text[:, 0].numpy().tolist()
    tf.debugging.assert_near(best.scores[:, 0], every.scores[:, 0], atol=1e-5)
    length = best.output_ids.shape[2]
    tf.debugging.assert_equal(best.output_ids[:, 0], every.output_ids[:, 0, :length])
    assert not tf.reduce_any(every.output_ids[:, 0, length:] != 0)
    tf.debugging.assert_near(best.attention[:, 0], every.attention[:, 0, :length], atol=1e-5)


def test_a_long_source_is_cut_before_its_end_mark_and_flagged(text_translator):
    found = text_translator.translate(tf.constant(["der Hund", " ".join(SENTENCES)]))
    assert found.truncated.numpy().tolist() == [False, True]
    assert found.source_ids.shape[1] == LIMIT
    assert found.source_ids[1, -1] == END


def test_the_pieces_spell_the_text(text_translator):
    found = text_translator.translate(tf.constant([SENTENCES[0]]))
    ids = found.output_ids[0, 0]
    pieces = [p.decode() for p in text_translator.target_pieces(ids[ids > END]).numpy()]
    text = found.text.numpy()[0, 0].decode()
    assert "".join(pieces).replace("▁", " ").strip() == text.strip()


def test_attention_sums_to_one_over_the_source(text_translator):
    found = text_translator.translate(tf.constant(SENTENCES[:1]))
    length = int(tf.math.count_nonzero(found.output_ids[0, 0]))
    sums = tf.reduce_sum(found.attention[0, 0, :length], axis=-1)
    tf.debugging.assert_near(sums, tf.ones([length]), atol=1e-5)


def test_it_sees_the_current_weights(pair):
    spec = TranslatorSpec(
        model=ModelConfig(units=6, embedding=4),
        source_vocabulary=vocabulary_size(pair.source),
        target_vocabulary=vocabulary_size(pair.target),
    )
    translator = build_translator(spec)
    search = build_search(DecodingConfig(strategy="greedy", maximum_length=6))
    text_translator = TextTranslator(translator, search, pair, LIMIT)
    text = tf.constant(SENTENCES[:1])
    before = float(text_translator.translate(text).scores[0, 0])
    for variable in translator.trainable_variables:
        variable.assign(variable * 0)
    after = float(text_translator.translate(text).scores[0, 0])
    assert before != after


@pytest.mark.parametrize("weights", ["bfloat16", "int8"])
def test_with_stored_weights_it_is_the_translator_with_rounded_ones(pair, weights):
    spec = TranslatorSpec(
        model=ModelConfig(units=6, embedding=4),
        source_vocabulary=vocabulary_size(pair.source),
        target_vocabulary=vocabulary_size(pair.target),
    )
    translator = build_translator(spec)
    search = build_search(DecodingConfig(strategy="greedy", maximum_length=6))
    text = tf.constant(SENTENCES)
    stored_translator = TextTranslator(translator, search, pair, LIMIT, weights)
    exact_translator = TextTranslator(translator, search, pair, LIMIT)
    exact = exact_translator.translate(text)
    for variable in translator.trainable_variables:
        if len(variable.shape) > 1:
            variable.assign(rounded(variable.numpy(), weights))
    stored, expected = stored_translator.translate(text), exact_translator.translate(text)
    assert stored.text.numpy().tolist() == expected.text.numpy().tolist()
    tf.debugging.assert_near(stored.scores, expected.scores, rtol=1e-5)
    assert not np.array_equal(stored.scores, exact.scores)


def rounded(values: np.ndarray, weights: str) -> np.ndarray:
    if weights == "bfloat16":
        return values.astype(tf.bfloat16.as_numpy_dtype).astype(np.float32)
    scales = np.abs(values).max(axis=-1, keepdims=True) / np.float32(127)
    return np.round(values / scales).astype(np.float32) * scales
