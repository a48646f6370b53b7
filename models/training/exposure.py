"""Exposure bias, measured: what reading its own ids costs a model, position by position."""

from collections.abc import Iterable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD
from models.decoding import rows
from models.training.objectives.cross_entropy import at_least_float32, decoder_input

_IDS = tf.TensorSpec([None, None], tf.int64)


class Exposure(NamedTuple):
    """By target position, from 0; [T] each.

    forced: share of reference ids that are the most probable ones after the reference's prefix.
    free: the same after the model's own most probable prefix. tokens: references that long.
    """

    forced: np.ndarray
    free: np.ndarray
    tokens: np.ndarray

    @property
    def by_position(self) -> np.ndarray:
        """Exposure bias, forced minus free [T]."""
        return self.forced - self.free

    @property
    def mean(self) -> float:
        """Exposure bias over all tokens."""
        return float(np.average(self.by_position, weights=self.tokens))


def measure_exposure(
    translator: keras.Model, batches: Iterable[tuple[tf.Tensor, tf.Tensor]]
) -> Exposure:
    """Token accuracy with teacher forcing and running free (Bengio et al. 2015, section 1).

    Running free, the model reads its own greedy ids for as many positions as the reference has,
    beyond an END of its own too, and is compared with the reference at each position.

    Args:
        translator: with ``encode``, ``start``, ``step`` and a call
        batches: source_ids [B, S] and target_ids [B, T]
    """

    @tf.function(input_signature=[_IDS, _IDS])
    def hits(source_ids, target_ids):
        logits = translator((source_ids, decoder_input(target_ids)), training=False)
        forced = _most_probable(logits)
        free = free_running(translator, source_ids, tf.shape(target_ids)[1])
        real = target_ids != PAD
        return [
            tf.math.count_nonzero(condition & real, axis=0)
            for condition in (forced == target_ids, free == target_ids, real)
        ]

    sums = np.zeros([3, 0])
    for batch in batches:
        found = np.array([count.numpy() for count in hits(*batch)])
        longer = max(sums.shape[1], found.shape[1])
        sums = _widened(sums, longer) + _widened(found, longer)
    forced, free, tokens = sums[:, sums[2] > 0]
    return Exposure(forced / tokens, free / tokens, tokens.astype(int))


def free_running(
    translator: keras.Model, source_ids: tf.Tensor, length: int | tf.Tensor
) -> tf.Tensor:
    """The model's own most probable ids for so many positions: int64 [B, T]."""
    memory = translator.encode(source_ids, training=False)
    start = translator.start(memory)
    begin = tf.fill(tf.shape(source_ids)[:1], tf.cast(BEGIN, tf.int64))

    def body(position, previous, state, ids):
        logits, state, _ = translator.step(previous, state, memory)
        chosen = _most_probable(logits)
        return position + 1, chosen, state, ids.write(position, chosen)

    _, _, _, ids = tf.while_loop(
        lambda position, *_: position < length,
        body,
        (tf.constant(0), begin, start, tf.TensorArray(tf.int64, length)),
        shape_invariants=(
            tf.TensorShape([]),
            tf.TensorShape([None]),
            rows.loose(start),
            tf.TensorShape(None),
        ),
    )
    return tf.transpose(ids.stack())


def _most_probable(logits: tf.Tensor) -> tf.Tensor:
    return tf.argmax(at_least_float32(logits), axis=-1, output_type=tf.int64)


def _widened(counts: np.ndarray, length: int) -> np.ndarray:
    return np.pad(counts, [(0, 0), (0, length - counts.shape[1])])
