"""Distributions read back from TFDV, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.watching.statistics import QUANTILES, Numbers
from tests.components.watching.corpora import pairs, statistics

SENTENCES = pairs(500, seed=1)


@pytest.fixture(scope="module")
def split():
    return statistics(SENTENCES)


def test_counts_means_and_medians(split):
    assert split.pairs == 500
    lengths = np.array([len(text) for text in SENTENCES.source])
    found = split.numbers["source_characters"]
    assert found.count == 500
    assert found.mean == pytest.approx(lengths.mean())
    assert found.median == pytest.approx(np.median(lengths), abs=2)
    assert found.edges[0] == lengths.min() and found.edges[-1] == lengths.max()


def test_shares_of_categories(split):
    assert split.categories["source_script"].shares == {"Latin": 1.0}
    assert split.categories["corpus"].shares == {"grammar": 1.0}
    assert split.categories["target_language"].shares["de"] > 0.9


@settings(max_examples=50, deadline=None)
@given(
    edges=st.lists(st.integers(0, 50), min_size=2, max_size=QUANTILES + 1),
    step=st.integers(1, 9),
)
def test_masses_add_up_where_the_bins_cover_everything(edges, step):
    numbers = Numbers(100, 0.0, np.sort(np.array(edges, float)))
    bounds = np.arange(0, 50 + 2 * step, step, dtype=float)
    masses = numbers.masses(bounds)
    assert masses.min() >= 0 and masses.sum() == pytest.approx(1.0)


def test_masses_of_an_even_distribution_are_even():
    numbers = Numbers(100, 0.5, np.linspace(0, 10, QUANTILES + 1))
    np.testing.assert_allclose(numbers.masses(np.array([0.0, 2.5, 5.0, 10.0])), [0.25, 0.25, 0.5])
