"""From transformed examples on disk to padded batches of like lengths.

Pairs are read in pools: a pool is mixed, sorted by length, cut into batches, and its batches are
mixed. Ids stay ragged until a batch is made. While one pool is used up, the next one is read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from foundation.examples import SOURCE_IDS, TARGET_IDS
from models.training.config import BatchConfig

# Files that are read at the same time.
_SHARDS = 8
# Batches that wait ready.
_READY = 8


# From the ids of some sentences, one after the other, and the sentences' lengths to other ids for
# the same texts, by a random generator alone.
Sampler = Callable[[np.ndarray, np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]


class Samplers(NamedTuple):
    """Subword regularisation of both sides."""

    source: Sampler
    target: Sampler


class Batch(NamedTuple):
    """source_ids [B, S] and target_ids [B, T], int64, right padded, END included."""

    source_ids: tf.Tensor
    target_ids: tf.Tensor


class Survey(NamedTuple):
    """What a split holds: pairs to train on, pairs over the limit, target ids without padding."""

    pairs: int
    over_limit: int
    target_tokens: int


class Side(NamedTuple):
    """The ids of one side of a pool: pair i has ``lengths[i]`` of them from ``starts[i]`` on."""

    ids: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray

    def padded(self, pairs: np.ndarray, multiple: int) -> np.ndarray:
        """The ids [B, T] of some pairs, T rounded up to a multiple."""
        lengths = self.lengths[pairs]
        longest = -(-int(lengths.max()) // multiple) * multiple
        columns = np.arange(longest)
        real = columns < lengths[:, None]
        places = np.where(real, self.starts[pairs, None] + columns, 0)
        return np.where(real, self.ids[places], 0)

    def sampled(self, sampler: Sampler, random: np.random.Generator) -> "Side":
        """The same texts in other ids."""
        ids, lengths = sampler(self.ids, self.lengths, random)
        return Side(ids, np.cumsum(lengths) - lengths, lengths)

    def replaced(self, other: "Side", rows: np.ndarray) -> "Side":
        """This side with some pairs' ids from another."""
        return Side(
            np.concatenate([self.ids, other.ids]),
            np.where(rows, other.starts + len(self.ids), self.starts),
            np.where(rows, other.lengths, self.lengths),
        )


def survey(files: Sequence[str], maximum_length: int) -> Survey:
    """Count what batches will hold, in one pass."""
    pairs = over_limit = tokens = 0
    for source, target in _pools(files, 10_000):
        fits = np.maximum(source.lengths, target.lengths) <= maximum_length
        pairs += int(fits.sum())
        over_limit += int((~fits).sum())
        tokens += int(target.lengths[fits].sum())
    return Survey(pairs, over_limit, tokens)


def training_batches(
    files: Sequence[str],
    config: BatchConfig,
    seed: int,
    epoch: int,
    skip: int = 0,
    multiple: int = 1,
    samplers: Samplers | None = None,
) -> tf.data.Dataset:
    """The batches of one epoch; the same seed and epoch give the same batches.

    Args:
        files: gzipped TFRecords of transformed examples
        config: sizes and limits
        seed: of the whole training
        epoch: from 0; every epoch has an order of its own
        skip: batches that have been seen already
        multiple: lengths are padded to multiples of it, so that there are fewer shapes
        samplers: segment both sides anew, where the result is within the limits

    Returns:
        a dataset of Batch
    """

    def batches() -> Iterator[Batch]:
        seen = 0
        for number, (source, target) in enumerate(_pools(files, config.shuffle)):
            random = np.random.default_rng([seed, epoch, number])
            if samplers is not None:
                source, target = _sampled(source, target, samplers, random, config.maximum_length)
            order = random.permutation(len(source.lengths))
            cuts = _cut(source.lengths, target.lengths, order, config)
            for i in random.permutation(len(cuts)):
                seen += 1
                if seen > skip:
                    yield Batch(source.padded(cuts[i], multiple), target.padded(cuts[i], multiple))

    return _dataset(batches)


def validation_batches(files: Sequence[str], config: BatchConfig) -> tf.data.Dataset:
    """All pairs of a split within the limit, in batches of like lengths, in a fixed order."""

    def batches() -> Iterator[Batch]:
        for source, target in _pools(files, config.shuffle):
            order = np.arange(len(source.lengths))
            for pairs in _cut(source.lengths, target.lengths, order, config):
                yield Batch(source.padded(pairs, 1), target.padded(pairs, 1))

    return _dataset(batches)


def _dataset(batches) -> tf.data.Dataset:
    ids = tf.TensorSpec([None, None], tf.int64)
    return tf.data.Dataset.from_generator(batches, output_signature=Batch(ids, ids)).prefetch(
        _READY
    )


def _pools(files: Sequence[str], size: int) -> Iterator[tuple[Side, Side]]:
    """So many pairs at a time, in the order of the files."""
    features = {
        name: tf.io.RaggedFeature(tf.int64, row_splits_dtype=tf.int64)
        for name in (SOURCE_IDS, TARGET_IDS)
    }

    def parse(records: tf.Tensor) -> dict[str, tuple[tf.Tensor, tf.Tensor]]:
        parsed = tf.io.parse_example(records, features)
        return {name: (ids.values, ids.row_splits) for name, ids in parsed.items()}

    records = tf.data.Dataset.from_tensor_slices(list(files)).interleave(
        lambda file: tf.data.TFRecordDataset(file, compression_type="GZIP"),
        cycle_length=_SHARDS,
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    pools = records.batch(size).map(parse).prefetch(1)
    for pool in pools.as_numpy_iterator():
        yield _side(*pool[SOURCE_IDS]), _side(*pool[TARGET_IDS])


def _sampled(
    source: Side, target: Side, samplers: Samplers, random: np.random.Generator, limit: int
) -> tuple[Side, Side]:
    """Both sides segmented anew; a pair keeps its ids where it would not be within the limit."""
    others = source.sampled(samplers.source, random), target.sampled(samplers.target, random)
    longest = np.maximum.reduce([side.lengths for side in (source, target, *others)])
    fits = longest <= limit
    return source.replaced(others[0], fits), target.replaced(others[1], fits)


def _side(ids: np.ndarray, splits: np.ndarray) -> Side:
    return Side(ids, splits[:-1], np.diff(splits))


def _cut(
    sources: np.ndarray, targets: np.ndarray, order: np.ndarray, config: BatchConfig
) -> list[np.ndarray]:
    """The pairs within the limit, by length, in batches of the configured size.

    Sorted by the target's length and, where it is equal, by the source's, so that both sides of a
    batch have little padding. Pairs of equal lengths keep their ``order``.
    """
    longer = np.maximum(sources, targets)
    order = order[longer[order] <= config.maximum_length]
    order = order[np.lexsort((sources[order], targets[order]))]
    batches, start, longest = [], 0, 0
    for end, length in enumerate(longer[order].tolist()):
        longest = max(longest, length)
        if start < end and _is_over(end + 1 - start, longest, config):
            batches.append(order[start:end])
            start, longest = end, length
    if start < len(order):
        batches.append(order[start:])
    return batches


def _is_over(count: int, longest: int, config: BatchConfig) -> bool:
    if config.sentences is not None:
        return count > config.sentences
    return count * longest > config.tokens
