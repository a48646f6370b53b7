"""Duplicates found by parts of the keys are those that a dictionary finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.rules.duplicates import find, part, sorted_keys
from corpora.rules.keys import near_key, pair_key, sentence_key

# Few different keys, all over the range, so that they meet.
KEYS = st.sampled_from([0, 1, 2**62, 2**63 - 1, 2**63, 2**63 + 5, 2**64 - 1])
FILES = st.lists(st.lists(st.tuples(KEYS, st.integers(0, 2)), max_size=12), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(files=FILES, parts=st.integers(1, 5))
def test_all_but_the_first_by_brute_force(files, parts):
    expected, seen_near, seen_exact = set(), set(), set()
    for file, pairs in enumerate(files):
        for position, (near, version) in enumerate(pairs):
            if near in seen_near:
                expected.add((file, position, (near, version) in seen_exact))
            seen_near.add(near)
            seen_exact.add((near, version))
    keys = [
        sorted_keys([near for near, _ in pairs], [hash((near, v)) % 2**64 for near, v in pairs])
        for pairs in files
    ]
    found = {
        (duplicates.file, int(position), bool(exact))
        for index in range(parts)
        for duplicates in find([part(array, index, parts) for array in keys])
        for position, exact in zip(duplicates.positions, duplicates.exact, strict=True)
    }
    assert found == expected


def test_parts_are_a_division():
    keys = sorted_keys([int(x) for x in np.linspace(0, 2**64 - 2049, 1000)], list(range(1000)))
    for parts in (1, 3, 7):
        pieces = [part(keys, index, parts) for index in range(parts)]
        assert sorted(np.concatenate(pieces)["position"]) == list(range(1000))
        assert max(map(len, pieces)) - min(map(len, pieces)) <= 1
        # Or the keys of all files would stay in memory.
        assert not any(np.shares_memory(keys, piece) for piece in pieces)


def test_near_keys():
    first = near_key("He has 2 dogs.", "Er hat 2 Hunde.")
    assert near_key("he has 3 dogs", "ER HAT 3 HUNDE!") == first
    assert near_key("He has 2 cats.", "Er hat 2 Katzen.") != first
    assert near_key("hehasdogser", "hathunde") != first
    assert near_key("12", "13") != near_key("14", "15")


def test_pair_and_sentence_keys():
    assert pair_key("ab", "c") != pair_key("a", "bc")
    assert sentence_key(" The  DOG") == sentence_key("the dog")
    assert sentence_key("the dog") != sentence_key("the dog.")
