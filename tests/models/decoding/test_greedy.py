import numpy as np
import tensorflow as tf

from foundation.vocabulary import END, UNKNOWN
from models.decoding import DecodingConfig, build_search
from tests.models.decoding.machines import (
    INNER,
    VOCABULARY,
    TableTranslator,
    found,
    log_probabilities,
    random_tables,
)

SOURCE = tf.constant([[4, 5, 1]])


def greedy(**keys):
    return build_search(DecodingConfig(strategy="greedy", **keys))


def test_every_id_is_the_most_probable_one():
    for seed in range(5):
        table = random_tables(seed)
        logs = log_probabilities(table[0])
        before, expected = 2, []
        for step in range(7):
            before = max((*INNER, END), key=lambda i: logs[min(step, 2), before, i])
            expected.append(before)
            if before == END:
                break
        hypotheses = greedy(maximum_length=7)(TableTranslator(table), SOURCE)
        assert found(hypotheses) == [tuple(expected)]


def test_of_equal_ids_the_lowest_is_taken():
    translator = TableTranslator(np.zeros([1, 1, VOCABULARY, VOCABULARY]))
    assert found(greedy(maximum_length=3)(translator, SOURCE)) == [(UNKNOWN,) * 3]


def test_where_nothing_is_allowed_the_hypothesis_stops_with_score_minus_infinity():
    translator = TableTranslator(random_tables(0))
    hypotheses = greedy(no_repeat_ngram=1, minimum_length=6)(translator, SOURCE)
    assert sorted(found(hypotheses)[0]) == sorted(INNER)
    assert np.isneginf(hypotheses.scores.numpy()).all()
