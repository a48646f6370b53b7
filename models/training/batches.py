"""From transformed examples on disk to padded batches of like lengths."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from foundation.examples import SOURCE_IDS, TARGET_IDS
from models.training.config import BatchConfig

# Lengths up to which pairs share a batch: steps of about an eighth keep padding small.
_GROWTH = 1.125


class Batch(NamedTuple):
    """source_ids [B, S] and target_ids [B, T], int64, right padded, END included."""

    source_ids: tf.Tensor
    target_ids: tf.Tensor


class Survey(NamedTuple):
    """What a split holds: pairs to train on, pairs over the limit, target ids without padding."""

    pairs: int
    over_limit: int
    target_tokens: int


def survey(files: Sequence[str], maximum_length: int) -> Survey:
    """Count what batches will hold, in one pass."""
    lengths = _pairs(files).map(
        lambda pair: tf.stack([tf.size(pair.source_ids), tf.size(pair.target_ids)]),
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    pairs = over_limit = tokens = 0
    for block in lengths.batch(10_000).as_numpy_iterator():
        fits = block.max(axis=1) <= maximum_length
        pairs += int(fits.sum())
        over_limit += int((~fits).sum())
        tokens += int(block[fits, 1].sum())
    return Survey(pairs, over_limit, tokens)


def training_batches(
    files: Sequence[str], config: BatchConfig, seed: int, epoch: int
) -> tf.data.Dataset:
    """The batches of one epoch; the same seed and epoch give the same batches.

    Args:
        files: gzipped TFRecords of transformed examples
        config: sizes and limits
        seed: of the whole training
        epoch: from 0; every epoch has an order of its own

    Returns:
        a dataset of Batch
    """
    pairs = _within(_pairs(files), config.maximum_length)
    # TensorFlow mixes both numbers, so epochs of neighbouring seeds share nothing.
    shuffle_seed = int(tf.random.stateless_uniform([], [seed, epoch], maxval=2**31, dtype=tf.int32))
    return _bucketed(pairs.shuffle(config.shuffle, seed=shuffle_seed), config)


def validation_batches(files: Sequence[str], config: BatchConfig) -> tf.data.Dataset:
    """All pairs of a split within the limit, in batches of like lengths, in a fixed order."""
    return _bucketed(_within(_pairs(files), config.maximum_length), config)


def _pairs(files: Sequence[str]) -> tf.data.Dataset:
    features = {
        name: tf.io.RaggedFeature(tf.int64, row_splits_dtype=tf.int64)
        for name in (SOURCE_IDS, TARGET_IDS)
    }

    def parse(records: tf.Tensor) -> Batch:
        parsed = tf.io.parse_example(records, features)
        return Batch(parsed[SOURCE_IDS], parsed[TARGET_IDS])

    records = tf.data.TFRecordDataset(list(files), compression_type="GZIP")
    # Parsing a thousand at once costs little more than parsing one.
    parsed = records.batch(1000).map(parse, num_parallel_calls=tf.data.AUTOTUNE).unbatch()
    # A row of a ragged tensor is a plain tensor, but the dataset's type says so only after a map.
    return parsed.map(lambda pair: Batch(*map(tf.identity, pair)))


def _within(pairs: tf.data.Dataset, maximum_length: int) -> tf.data.Dataset:
    return pairs.filter(lambda pair: _longer_side(pair) <= maximum_length)


def _longer_side(pair: Batch) -> tf.Tensor:
    return tf.maximum(tf.size(pair.source_ids), tf.size(pair.target_ids))


def _bucketed(pairs: tf.data.Dataset, config: BatchConfig) -> tf.data.Dataset:
    boundaries = _boundaries(config.maximum_length)
    sizes = [max(1, config.tokens // length) for length in (*boundaries, config.maximum_length)]
    return pairs.bucket_by_sequence_length(
        _longer_side,
        bucket_boundaries=[length + 1 for length in boundaries],
        bucket_batch_sizes=sizes,
        padded_shapes=Batch([None], [None]),
    ).prefetch(tf.data.AUTOTUNE)


def _boundaries(maximum_length: int) -> list[int]:
    lengths = [min(4, maximum_length)]
    while lengths[-1] < maximum_length:
        lengths.append(min(maximum_length, max(lengths[-1] + 1, int(lengths[-1] * _GROWTH))))
    return lengths
