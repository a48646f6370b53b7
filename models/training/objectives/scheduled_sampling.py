"""Scheduled sampling: training reads some of what the model itself would have written."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import tensorflow as tf

from foundation.vocabulary import BEGIN
from models.decoding import rows
from models.training.objectives.config import ScheduledSamplingConfig
from models.training.objectives.cross_entropy import CrossEntropy, at_least_float32, decoder_input
from models.training.objectives.objective import Outcome


@dataclass(frozen=True)
class ScheduledSampling:
    """Cross-entropy where each id read is the reference's or drawn from the model.

    The drawn ids are constants: no gradient passes through the choice (Bengio et al. 2015).

    Args:
        translator: with ``encode``, ``start`` and ``decode``
        config: how the probability falls, and how the ids are drawn
        cross_entropy: the loss of the logits
        seed: equal seeds and updates draw equal ids
    """

    translator: keras.Model
    config: ScheduledSamplingConfig
    cross_entropy: CrossEntropy
    seed: int

    def __call__(
        self,
        source_ids: tf.Tensor,
        target_ids: tf.Tensor,
        update: tf.Tensor,
        probes: Mapping[str, tf.Tensor] | None = None,
    ) -> Outcome:
        """See ``Objective``; reports the probability that the reference is read.

        ``probes``, the translator's, watch the walk that the loss is taken of.
        """
        probability = teacher_probability(self.config, update)
        draws = _Draws(tf.shape(target_ids), probability, self.seed, update)
        memory = self.translator.encode(source_ids, training=True, probes=probes)
        logits_of = self._stepwise if self.config.passes == "stepwise" else self._in_two_passes
        watching = {name: p for name, p in (probes or {}).items() if name.startswith("decoder/")}
        logits = logits_of(memory, target_ids, draws, watching)
        outcome = self.cross_entropy.outcome(logits, target_ids)
        # A sum over the sentences, as every measure is.
        taught = probability * tf.cast(tf.shape(target_ids)[0], tf.float32)
        return outcome._replace(measures={**outcome.measures, "teacher_forcing": taught})

    def _stepwise(self, memory, target_ids, draws, probes):
        gold = decoder_input(target_ids)
        length = tf.shape(gold)[1]
        logits = tf.TensorArray(self._logit_type(), size=length)

        def body(position, previous, state, logits):
            read = draws.mix(gold[:, position], previous, position)
            here, state, _ = self.translator.decode(
                read[:, None],
                state,
                memory,
                training=True,
                probes={name: probe[:, position : position + 1] for name, probe in probes.items()},
            )
            drawn = draws.ids(here[:, 0], position)
            return position + 1, drawn, state, logits.write(position, here[:, 0])

        start = self.translator.start(memory)
        _, _, _, logits = tf.while_loop(
            lambda position, *_: position < length,
            body,
            (tf.constant(0), gold[:, 0], start, logits),
            shape_invariants=(
                tf.TensorShape([]),
                tf.TensorShape([None]),
                rows.loose(start),
                tf.TensorShape(None),
            ),
            maximum_iterations=length,
        )
        stacked = logits.stack()
        stacked = tf.ensure_shape(stacked, [None, None, self.translator.vocabulary])
        return tf.transpose(stacked, [1, 0, 2])

    def _in_two_passes(self, memory, target_ids, draws, probes):
        gold = decoder_input(target_ids)
        start = self.translator.start(memory)
        first, _, _ = self.translator.decode(gold, start, memory, training=True)
        # What is drawn at a position is what is read at the next one.
        drawn = tf.concat([gold[:, :1], draws.ids(first, 0)[:, :-1]], axis=1)
        read = tf.where(draws.teacher, gold, drawn)
        logits, _, _ = self.translator.decode(read, start, memory, training=True, probes=probes)
        return logits

    def _logit_type(self) -> tf.DType:
        return tf.as_dtype(self.translator.compute_dtype)


class _Draws:
    """The coins of an update and the ids that it draws."""

    def __init__(self, shape, probability, seed, update):
        coins, self._id_seed = tf.unstack(
            tf.random.experimental.stateless_split(tf.stack([seed, tf.cast(update, tf.int32)]), 2)
        )
        points = tf.random.stateless_uniform(shape, coins)
        # BEGIN is read by everybody, so the first position is always the reference's.
        self.teacher = (points < probability) | (tf.range(shape[1]) == 0)[None, :]

    def mix(self, gold, drawn, position):
        """The ids [B] that are read at a position."""
        return tf.where(self.teacher[:, position], gold, drawn)

    def ids(self, logits, position):
        """One id for each of the logits [..., V], never BEGIN; int64 [...]."""
        logits = at_least_float32(tf.stop_gradient(logits))
        vocabulary = tf.shape(logits)[-1]
        logits = tf.where(tf.range(vocabulary) == BEGIN, logits.dtype.min, logits)
        seed = tf.random.experimental.stateless_fold_in(self._id_seed, position)
        drawn = tf.random.stateless_categorical(
            tf.reshape(logits, [-1, vocabulary]), 1, seed, dtype=tf.int64
        )
        return tf.reshape(drawn, tf.shape(logits)[:-1])


def teacher_probability(config: ScheduledSamplingConfig, update: tf.Tensor | int) -> tf.Tensor:
    """The probability that the reference is read at an update: float32 []."""
    update = tf.cast(update, tf.float32)
    if config.decay == "linear":
        probability = 1 - update / config.steps
    elif config.decay == "exponential":
        probability = tf.exp(-update / config.steps)
    else:
        k = _half_at(config.steps)
        # k / (k + exp(i/k)), written so that no exponential overflows.
        probability = tf.sigmoid(math.log(k) - update / k)
    return tf.maximum(probability, config.floor)


def _half_at(steps: int) -> float:
    """The k with k ln k = steps: there k / (k + exp(steps / k)) is a half. Newton's method."""
    k = steps / max(1.0, math.log(steps)) + 1
    for _ in range(50):
        k -= (k * math.log(k) - steps) / (math.log(k) + 1)
    return k
