"""What holds for every strategy."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.vocabulary import END, PAD
from models.decoding import DecodingConfig, Hypotheses, build_search, rescore
from tests.models.decoding.machines import TableTranslator, found, random_tables, repeats

STRATEGIES = {
    "greedy": {"strategy": "greedy"},
    "beam": {"strategy": "beam", "beam": 4, "n_best": 3, "coverage_penalty": 0.1},
    "sampling": {"strategy": "sampling", "samples": 3},
}
SOURCES = tf.constant(
    [[4, 5, 1, 4, 3], [5, 4, 3, 0, 0], [1, 3, 0, 0, 0], [3, 0, 0, 0, 0], [5, 5, 5, 3, 0]]
)


@pytest.fixture(params=STRATEGIES)
def keys(request):
    return {**STRATEGIES[request.param], "maximum_ratio": 1.0, "maximum_offset": 4}


ONE_BY_ONE = pytest.mark.parametrize("keys", ["greedy", "beam"], indirect=True)
"""Strategies that translate every sentence for itself; samples depend on the rows before them."""


@pytest.fixture
def translator():
    return TableTranslator(random_tables(11, count=4))


def assert_equal(actual: Hypotheses, expected: Hypotheses):
    np.testing.assert_array_equal(actual.ids, expected.ids)
    np.testing.assert_array_equal(actual.lengths, expected.lengths)
    np.testing.assert_allclose(actual.scores, expected.scores, rtol=1e-5)
    np.testing.assert_allclose(actual.attention, expected.attention, atol=1e-6)


def test_traced_equals_eager_and_the_graph_needs_no_python(keys, translator):
    search = build_search(DecodingConfig(**keys))
    graph = tf.function(
        lambda source_ids: search(translator, source_ids),
        input_signature=[tf.TensorSpec([None, None], tf.int32)],
    ).get_concrete_function()
    assert_equal(graph(SOURCES), search(translator, SOURCES))
    definition = graph.graph.as_graph_def()
    operations = {node.op for node in definition.node}
    for function in definition.library.function:
        operations |= {node.op for node in function.node_def}
    assert not [name for name in operations if "PyFunc" in name]


@ONE_BY_ONE
def test_a_sentence_alone_is_translated_as_in_a_batch(keys, translator):
    search = build_search(DecodingConfig(**keys))
    together = search(translator, SOURCES)
    for row in range(len(SOURCES)):
        alone = search(translator, SOURCES[row : row + 1])
        assert found(alone) == found(together, row)
        np.testing.assert_allclose(alone.scores[0], together.scores[row], rtol=1e-5)


def test_more_padding_changes_nothing(keys, translator):
    search = build_search(DecodingConfig(**keys))
    padded = search(translator, tf.pad(SOURCES, [[0, 0], [0, 3]]))
    expected = search(translator, SOURCES)
    np.testing.assert_array_equal(padded.attention[..., -3:], 0)
    assert_equal(padded._replace(attention=padded.attention[..., :-3]), expected)


def test_the_scores_are_those_of_rescoring(keys, translator):
    hypotheses = build_search(DecodingConfig(**keys))(translator, SOURCES)
    rescored = rescore(translator, SOURCES, hypotheses.ids)
    np.testing.assert_allclose(hypotheses.scores, rescored, rtol=1e-5, atol=1e-5)


def test_attention_belongs_to_the_ids(keys, translator):
    hypotheses = build_search(DecodingConfig(**keys))(translator, SOURCES)
    lengths = hypotheses.lengths.numpy()
    for sentence, source in enumerate(SOURCES.numpy()):
        source_length = np.count_nonzero(source)
        for n, ids in enumerate(found(hypotheses, sentence)):
            expected = np.zeros(hypotheses.attention.shape[2:])
            for step, before in enumerate([2, *ids[:-1]]):
                expected[step, (step + before) % source_length] = 1
            np.testing.assert_array_equal(hypotheses.attention[sentence, n], expected)
            assert len(ids) == lengths[sentence, n]


def test_the_form_of_a_hypothesis(keys, translator):
    hypotheses = build_search(DecodingConfig(**keys))(translator, SOURCES)
    limits = np.count_nonzero(SOURCES, axis=1) + 4
    assert hypotheses.ids.shape[2] == hypotheses.lengths.numpy().max()
    for sentence, limit in enumerate(limits):
        for ids in found(hypotheses, sentence):
            assert PAD not in ids
            assert END not in ids[:-1]
            assert ids[-1] == END or len(ids) == limit
            assert len(ids) <= limit


@settings(max_examples=10, deadline=None)
@given(
    name=st.sampled_from(sorted(STRATEGIES)),
    minimum=st.integers(1, 6),
    size=st.integers(2, 3),
    seed=st.integers(0, 10**6),
)
def test_minimum_length_and_no_repeated_ngram_hold(name, minimum, size, seed):
    config = DecodingConfig(
        **STRATEGIES[name], minimum_length=minimum, maximum_length=8, no_repeat_ngram=size
    )
    translator = TableTranslator(random_tables(seed, count=4))
    hypotheses = build_search(config)(translator, SOURCES)
    for sentence in range(len(SOURCES)):
        for ids in found(hypotheses, sentence):
            assert len(ids) >= minimum
            assert not repeats(ids, size)


def test_greedy_is_a_beam_of_one():
    translator = TableTranslator(random_tables(5, count=4))
    greedy = build_search(DecodingConfig(strategy="greedy"))(translator, SOURCES)
    beam = build_search(DecodingConfig(beam=1))(translator, SOURCES)
    assert_equal(beam, greedy)


@ONE_BY_ONE
def test_a_batch_costs_what_its_sentences_cost_alone(keys, translator):
    search = build_search(DecodingConfig(**keys))
    search(translator, SOURCES)
    together = translator.rows_stepped.numpy()
    for row in range(len(SOURCES)):
        search(translator, SOURCES[row : row + 1])
    assert translator.rows_stepped.numpy() == 2 * together


def test_half_precision_logits_are_normalised_in_single_precision(keys):
    tables = random_tables(2, count=4).astype(tf.bfloat16.as_numpy_dtype).astype(np.float32)
    search = build_search(DecodingConfig(**keys))
    half = search(TableTranslator(tables, tf.bfloat16), SOURCES)
    assert_equal(half, search(TableTranslator(tables), SOURCES))


def test_an_empty_batch_has_no_hypotheses(keys, translator):
    hypotheses = build_search(DecodingConfig(**keys))(translator, tf.zeros([0, 5], tf.int32))
    assert hypotheses.ids.shape[0] == 0
    assert hypotheses.attention.shape[-1] == 5
