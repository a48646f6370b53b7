"""Batches: nothing lost, nothing doubled, within the limits, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.training.batches import (
    Samplers,
    Side,
    _cut,
    survey,
    training_batches,
    validation_batches,
)
from models.training.config import BatchConfig
from tests.models.training.tiny import write_examples


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_examples(tmp_path_factory.mktemp("b") / "train", 300, 3, seed=4, longest=30)


def seen(files, config, seed=1, epoch=0, **keys):
    return [
        (batch.source_ids.numpy(), batch.target_ids.numpy())
        for batch in training_batches(files, config, seed, epoch, **keys)
    ]


def pairs_of(batches):
    """Every pair as ids without padding."""
    return sorted(
        (tuple(s[s != 0].tolist()), tuple(t[t != 0].tolist()))
        for source, target in batches
        for s, t in zip(source, target, strict=True)
    )


@pytest.mark.parametrize("shuffle", [50, 1000])
def test_every_pair_within_the_limit_is_seen_once(files, shuffle):
    config = BatchConfig(tokens=100, maximum_length=20, shuffle=shuffle)
    batches = seen(files, config)
    found = survey(files, 20)
    everything = pairs_of(
        (batch.source_ids.numpy(), batch.target_ids.numpy())
        for batch in validation_batches(files, BatchConfig(sentences=1))
    )
    within = [pair for pair in everything if max(map(len, pair)) <= 20]
    assert pairs_of(batches) == within
    assert found.pairs == len(within) and found.over_limit == 300 - len(within) > 0
    assert found.target_tokens == sum(len(target) for _, target in within)


def test_a_batch_keeps_its_budget_and_the_target_is_the_pair_s(files):
    for source, target in seen(files, BatchConfig(tokens=100)):
        assert len(source) * max(source.shape[1], target.shape[1]) <= 100
        for s, t in zip(source, target, strict=True):
            s, t = s[s != 0], t[t != 0]
            np.testing.assert_array_equal(t, [*reversed(s[:-1]), 3])


def test_batches_of_sentences(files):
    sizes = [len(source) for source, _ in seen(files, BatchConfig(sentences=16))]
    assert max(sizes) == 16 and sum(size < 16 for size in sizes) <= 1


def test_equal_seeds_give_equal_batches_and_others_do_not(files):
    config = BatchConfig(tokens=200)
    first, again = seen(files, config), seen(files, config)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    for other in (seen(files, config, seed=2), seen(files, config, epoch=1)):
        assert any(a[0].tobytes() != b[0].tobytes() for a, b in zip(first, other, strict=False))


@pytest.mark.parametrize("skip", [1, 7])
def test_skipped_batches_are_those_at_the_start(files, skip):
    config = BatchConfig(tokens=200, shuffle=90)
    rest = seen(files, config, skip=skip)
    for one, other in zip(rest, seen(files, config)[skip:], strict=True):
        np.testing.assert_array_equal(one[0], other[0])


def test_lengths_are_rounded_up_to_a_multiple(files):
    for source, target in seen(files, BatchConfig(tokens=200), multiple=8):
        assert source.shape[1] % 8 == target.shape[1] % 8 == 0


def test_there_is_little_padding(files):
    batches = seen(files, BatchConfig(tokens=300))
    real = sum((source != 0).sum() + (target != 0).sum() for source, target in batches)
    assert real / sum(source.size + target.size for source, target in batches) > 0.9


lengths = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(lengths, st.integers(1, 200), st.integers(1, 40))
def test_cuts_hold_each_pair_once_within_the_budget(pairs, tokens, maximum):
    sources, targets = (np.array(side) for side in zip(*pairs, strict=True))
    config = BatchConfig(tokens=tokens, maximum_length=maximum)
    cuts = _cut(sources, targets, np.arange(len(pairs))[::-1], config)
    longer = np.maximum(sources, targets)
    assert (
        sorted(np.concatenate(cuts).tolist() if cuts else [])
        == np.flatnonzero(longer <= maximum).tolist()
    )
    for cut in cuts:
        # A single pair may exceed a budget smaller than itself: it is not lost.
        assert len(cut) == 1 or len(cut) * longer[cut].max() <= tokens


def test_padding_of_a_side():
    side = Side(np.array([7, 8, 9, 4]), np.array([0, 3, 3]), np.array([3, 0, 1]))
    np.testing.assert_array_equal(side.padded(np.array([2, 0]), 1), [[4, 0, 0], [7, 8, 9]])
    np.testing.assert_array_equal(side.padded(np.array([1, 2]), 4), [[0, 0, 0, 0], [4, 0, 0, 0]])


def doubled(ids, lengths, random):
    """Every sentence with each of its ids but END once or twice, as chance has it."""
    counts = np.where(ids == 3, 1, random.integers(1, 3, len(ids)))
    sentences = np.repeat(np.arange(len(lengths)), lengths)
    return np.repeat(ids, counts), np.bincount(sentences, counts).astype(lengths.dtype)


def single(ids):
    """What ``doubled`` made of distinct neighbours, undone."""
    return tuple(int(i) for n, i in enumerate(ids) if n == 0 or i != ids[n - 1])


def test_sampling_segments_every_pair_anew_within_the_limit_and_loses_none(files):
    config = BatchConfig(tokens=100, maximum_length=20)
    fixed, sampled = pairs_of(seen(files, config)), seen(files, config, samplers=SAMPLERS)
    pairs = pairs_of(sampled)
    assert sorted((single(s), single(t)) for s, t in pairs) == sorted(
        (single(s), single(t)) for s, t in fixed
    )
    assert max(len(side) for pair in pairs for side in pair) <= 20
    assert pairs != fixed
    for source, target in sampled:
        assert len(source) * max(source.shape[1], target.shape[1]) <= 100


def test_sampling_depends_on_seed_and_epoch_alone(files):
    config = BatchConfig(tokens=100)
    first, again = (seen(files, config, samplers=SAMPLERS) for _ in range(2))
    for (s, t), (u, v) in zip(first, again, strict=True):
        np.testing.assert_array_equal(s, u)
        np.testing.assert_array_equal(t, v)
    assert pairs_of(first) != pairs_of(seen(files, config, epoch=1, samplers=SAMPLERS))
    rest = seen(files, config, skip=3, samplers=SAMPLERS)
    np.testing.assert_array_equal(rest[0][0], first[3][0])


SAMPLERS = Samplers(doubled, doubled)
