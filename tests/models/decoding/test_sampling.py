from collections import Counter

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import chi2_contingency, chisquare

from foundation.vocabulary import BEGIN, END, PAD
from models.decoding import DecodingConfig, build_search
from tests.models.decoding.machines import (
    TableTranslator,
    every_hypothesis,
    found,
    random_tables,
    score,
)

LIMIT = 3
SAMPLES = 20_000
SOURCE = tf.constant([[4, 5, 1]])


def sampling(**keys):
    return build_search(DecodingConfig(strategy="sampling", maximum_length=LIMIT, **keys))


def distribution(logits, temperature=1.0, top_k=None, top_p=None):
    """The probabilities that one step samples from, by the definitions, one id at a time."""
    logits = np.asarray(logits, np.float64) / temperature
    order = [i for i in np.argsort(-logits) if i not in (PAD, BEGIN)][:top_k]
    mass = np.exp(logits[order])
    mass /= mass.sum()
    nucleus, kept = {}, 0.0
    for i, probability in zip(order, mass, strict=True):
        if top_p is not None and kept >= top_p:
            break
        nucleus[i] = probability
        kept += probability
    return {i: probability / kept for i, probability in nucleus.items()}


def expected_frequencies(table, **keys):
    """The probability of every hypothesis that can be sampled."""
    frequencies = {}
    for ids in every_hypothesis(LIMIT):
        probability, before = 1.0, BEGIN
        for step, after in enumerate(ids):
            probability *= distribution(table[step, before], **keys).get(after, 0.0)
            before = after
        if probability > 0:
            frequencies[ids] = probability
    return frequencies


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"temperature": 0.5},
        {"temperature": 2.0, "top_k": 2},
        {"top_p": 0.7},
        {"temperature": 1.5, "top_k": 3, "top_p": 0.8},
        {"top_k": 1},
    ],
    ids=str,
)
def test_samples_have_the_frequencies_of_the_distribution(keys):
    table = random_tables(3, scale=1.0)
    expected = expected_frequencies(table[0], **keys)
    assert sum(expected.values()) == pytest.approx(1)
    hypotheses = sampling(samples=SAMPLES, seed=7, **keys)(TableTranslator(table), SOURCE)
    observed = Counter(found(hypotheses))
    assert set(observed) <= set(expected)
    counts = [observed[ids] for ids in expected]
    if len(expected) > 1:
        assert chisquare(counts, [SAMPLES * p for p in expected.values()]).pvalue > 0.01


def test_the_scores_are_the_models_log_probabilities_whatever_is_sampled_from():
    table = random_tables(0)
    hypotheses = sampling(samples=50, temperature=0.7, top_k=3)(TableTranslator(table), SOURCE)
    expected = [score(table[0], ids) for ids in found(hypotheses)]
    np.testing.assert_allclose(hypotheses.scores[0], expected, rtol=1e-5, atol=1e-5)


def test_rows_are_independent():
    translator = TableTranslator(random_tables(1, scale=1.0))
    hypotheses = sampling(samples=SAMPLES)(translator, tf.repeat(SOURCE, 2, axis=0))
    first, second = hypotheses.ids.numpy()[:, :, 0]
    table = np.zeros([6, 6])
    np.add.at(table, (first, second), 1)
    table = table[table.sum(1) > 0][:, table.sum(0) > 0]
    assert chi2_contingency(table).pvalue > 0.01


def test_the_seed_and_the_draw_decide():
    translator = TableTranslator(random_tables(1, scale=1.0))

    def ids(seed, draw):
        hypotheses = sampling(samples=40, seed=seed)(translator, SOURCE, draw=draw)
        return found(hypotheses)

    assert ids(1, 0) == ids(1, 0)
    assert ids(1, 5) == ids(1, tf.constant(5, tf.int64))
    assert len({tuple(ids(seed, draw)) for seed in (1, 2) for draw in (0, 1)}) == 4


def test_later_rows_change_no_sample():
    translator = TableTranslator(random_tables(1, count=2, scale=1.0))
    search = sampling(samples=5)
    alone = search(translator, SOURCE)
    together = search(translator, tf.constant([[4, 5, 1], [5, 5, 5], [4, 4, 1]]))
    assert found(together, 0) == found(alone, 0)


def test_a_sample_that_ends_leaves_the_batch():
    translator = TableTranslator(random_tables(1, scale=1.0))
    hypotheses = sampling(samples=100)(translator, SOURCE)
    assert {len(ids) for ids in found(hypotheses)} == {1, 2, 3}
    assert translator.rows_stepped.numpy() == tf.reduce_sum(hypotheses.lengths).numpy()
    assert all((END in ids) == (ids[-1] == END) for ids in found(hypotheses))
