import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.vocabulary import BEGIN, END
from models.decoding import DecodingConfig, build_search
from tests.models.decoding.machines import (
    INNER,
    VOCABULARY,
    TableTranslator,
    every_hypothesis,
    found,
    log_probabilities,
    random_tables,
    rank,
    repeats,
    score,
)

LIMIT = 4
SOURCE_LENGTH = 3
EXHAUSTIVE = len((*INNER, END)) ** LIMIT


def traced(config, translator):
    """A search as a graph that reads the translator's tables anew at each call."""
    search = build_search(config)
    return tf.function(
        lambda source_ids: search(translator, source_ids),
        input_signature=[tf.TensorSpec([None, None], tf.int32)],
    )


def source(count=1):
    return tf.tile(tf.range(4, 4 + SOURCE_LENGTH)[None], [count, 1])


@pytest.mark.parametrize(
    "keys",
    [
        {"length_penalty": 0.0},
        {"length_penalty": 0.6, "n_best": 4},
        {"length_penalty": 1.5, "n_best": 200},
        {"length_penalty": 0.6, "coverage_penalty": 0.3, "n_best": 3},
        {"length_penalty": 1.0, "minimum_length": 3, "n_best": 200},
        {"length_penalty": 1.0, "no_repeat_ngram": 1, "n_best": 200},
        {"length_penalty": 0.0, "no_repeat_ngram": 2, "minimum_length": 2, "n_best": 200},
    ],
    ids=str,
)
def test_a_beam_as_wide_as_the_space_is_exhaustive_search(keys):
    config = DecodingConfig(beam=EXHAUSTIVE, maximum_length=LIMIT, **keys)
    translator = TableTranslator(random_tables(0))
    search = traced(config, translator)
    space = [
        ids
        for ids in every_hypothesis(LIMIT)
        if len(ids) >= config.minimum_length
        and not (config.no_repeat_ngram and repeats(ids, config.no_repeat_ngram))
    ]

    @settings(max_examples=8, deadline=None)
    @given(seed=st.integers(0, 10**6), scale=st.sampled_from([0.5, 2.0, 4.0]))
    def check(seed, scale):
        table = random_tables(seed, scale=scale)
        translator.tables.assign(table)

        def rank_of(ids):
            return rank(
                table[0], ids, SOURCE_LENGTH, config.length_penalty, config.coverage_penalty
            )

        expected = sorted(map(rank_of, space), reverse=True)[: config.n_best]
        hypotheses = search(source())
        ids = found(hypotheses)
        assert set(ids) <= set(space)
        assert len(set(ids)) == len(ids)
        np.testing.assert_allclose([rank_of(i) for i in ids], expected, rtol=1e-5, atol=1e-5)
        scores = hypotheses.scores.numpy()[0]
        np.testing.assert_allclose(
            scores[: len(ids)], [score(table[0], i) for i in ids], rtol=1e-5, atol=1e-5
        )
        assert np.all(np.isneginf(scores[len(ids) :]))

    check()


def plain_beam(table, width, alpha, limit):
    """The same search with lists, one sentence at a time, without stopping early by the bound."""
    logs = log_probabilities(table)
    alive, finished = [(0.0, ())], []
    for step in range(limit):
        candidates = []
        for total, ids in alive:
            before = ids[-1] if ids else BEGIN
            for after in sorted((*INNER, END)):
                gain = logs[min(step, len(logs) - 1), before, after]
                candidates.append((total + gain, (*ids, after)))
        candidates.sort(key=lambda candidate: -candidate[0])
        penalty = ((5 + step + 1) / 6) ** alpha
        last = step + 1 == limit
        finished += [
            (total / penalty, ids) for total, ids in candidates[:width] if last or ids[-1] == END
        ]
        if len(finished) >= width:
            break
        alive = [candidate for candidate in candidates if candidate[1][-1] != END][:width]
    finished.sort(key=lambda hypothesis: -hypothesis[0])
    return [ids for _, ids in finished]


@pytest.mark.parametrize("width", [1, 2, 3, 5])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_narrow_beam_finds_what_a_plain_implementation_finds(width, alpha):
    limit = 9  # with a table for each position, no two hypotheses have the same score
    config = DecodingConfig(beam=width, n_best=width, length_penalty=alpha, maximum_length=limit)
    best_only = config.model_copy(update={"n_best": 1})
    translator = TableTranslator(random_tables(0, positions=limit))
    search, search_best = traced(config, translator), traced(best_only, translator)

    @settings(max_examples=12, deadline=None)
    @given(seed=st.integers(0, 10**6))
    def check(seed):
        table = random_tables(seed, positions=limit)
        translator.tables.assign(table)
        expected = plain_beam(table[0], width, alpha, limit)[:width]
        assert found(search(source())) == expected
        assert found(search_best(source())) == expected[:1]

    check()


def test_equal_continuations_are_taken_in_order():
    translator = TableTranslator(np.zeros([1, 1, VOCABULARY, VOCABULARY]))
    config = DecodingConfig(beam=3, n_best=3, length_penalty=0.0, maximum_length=4)
    expected = plain_beam(np.zeros([1, VOCABULARY, VOCABULARY]), 3, 0.0, 4)[:3]
    assert found(build_search(config)(translator, source())) == expected


def test_a_sentence_stops_when_nothing_alive_can_win():
    # END is almost certain after the first id, so two steps settle the best hypothesis.
    table = np.zeros([1, 2, VOCABULARY, VOCABULARY])
    table[0, 0, :, 4] = 8.0
    table[0, 1, :, END] = 8.0
    translator = TableTranslator(table)
    search = build_search(DecodingConfig(beam=4, length_penalty=0.0, maximum_length=10))
    assert found(search(translator, source())) == [(4, END)]
    assert translator.rows_stepped.numpy() == 1 + 4


def test_a_bound_that_a_longer_hypothesis_may_pass_stops_nothing():
    # Ending at once is likelier than anything longer, but a strong length penalty prefers length.
    table = np.zeros([1, 3, VOCABULARY, VOCABULARY])
    table[0, 0, :, END], table[0, 0, :, 4] = 1.0, 0.5
    table[0, 1, :, 5] = 9.0
    table[0, 2, :, END] = 9.0
    translator = TableTranslator(table)
    for alpha, best in ((0.0, (END,)), (3.0, (4, 5, END))):
        search = build_search(DecodingConfig(beam=2, length_penalty=alpha, maximum_length=6))
        assert found(search(translator, source())) == [best]
