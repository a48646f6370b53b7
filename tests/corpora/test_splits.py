"""Splits by a hash: numbers of pairs become shares that take so many."""

from collections import Counter

import pytest

from corpora.config import HashedSplits
from corpora.splits import as_shares, fraction, normalised, smallest_fractions, split_of
from foundation.errors import UserError

SOURCES = [f"sentence number {i}" for i in range(3000)]


def counted(sources: list[str], splits: HashedSplits) -> dict[str, str]:
    shares = as_shares(splits, smallest_fractions(sources, splits.held_out + 1))
    return {source: split_of(source, shares) for source in sources}


def test_numbers_of_pairs_are_met():
    split = counted(SOURCES, HashedSplits(validation=70, test=30))
    assert Counter(split.values()) == {"train": 2900, "validation": 70, "test": 30}


def test_added_data_displaces_few():
    splits = HashedSplits(validation=70, test=30)
    few, many = counted(SOURCES[:2900], splits), counted(SOURCES, splits)
    assert sum(few[source] != many[source] for source in few) < 15


def test_too_few_pairs():
    with pytest.raises(UserError, match="take 100 pairs, but under 'all' there are only 100"):
        counted(SOURCES[:100], HashedSplits(validation=50, test=50))


def test_fractions_are_spread_evenly():
    fractions = sorted(map(fraction, SOURCES))
    assert max(abs(place - i / 3000) for i, place in enumerate(fractions)) < 0.04


def test_normalised():
    assert normalised(" Cafe\u0301 \t AU lait ") == "café au lait"
