"""Masked cross-entropy with label smoothing, read with teacher forcing."""

from dataclasses import dataclass
from typing import NamedTuple

import keras
import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD
from models.training.objectives.objective import Outcome


class TokenLoss(NamedTuple):
    """Sums over the real target tokens of a batch; divide by ``tokens``.

    loss: with label smoothing, in nats. correct: tokens whose logit is the largest.
    """

    loss: tf.Tensor
    correct: tf.Tensor
    tokens: tf.Tensor


@dataclass(frozen=True)
class CrossEntropy:
    """The negative log-probability of the reference.

    Args:
        translator: called as ``translator((source_ids, input_ids), training=True)``
        smoothing: ε of the label smoothing
        normalise: "tokens" or "sentences"
    """

    translator: keras.Model
    smoothing: float = 0.0
    normalise: str = "tokens"

    def __call__(self, source_ids: tf.Tensor, target_ids: tf.Tensor, update: tf.Tensor) -> Outcome:
        """See ``Objective``; the update's number plays no part."""
        logits = self.translator((source_ids, decoder_input(target_ids)), training=True)
        return self.outcome(logits, target_ids)

    def outcome(self, logits: tf.Tensor, target_ids: tf.Tensor) -> Outcome:
        """The loss of logits [B, T, V], however they came about."""
        sums = token_loss(logits, target_ids, self.smoothing)
        measures = {"loss": sums.loss, "correct": sums.correct}
        return Outcome(sums.loss, self.weight(target_ids), measures)

    def weight(self, target_ids: tf.Tensor) -> tf.Tensor:
        """What the loss of target_ids [B, T] is divided by."""
        if self.normalise == "sentences":
            return tf.shape(target_ids)[0]
        return tf.math.count_nonzero(target_ids != PAD, dtype=tf.int32)


def decoder_input(target_ids: tf.Tensor) -> tf.Tensor:
    """BEGIN and all but the last of target_ids [B, T]: what is read to predict each of them."""
    begin = tf.fill([tf.shape(target_ids)[0], 1], tf.cast(BEGIN, target_ids.dtype))
    return tf.concat([begin, target_ids[:, :-1]], axis=1)


def token_loss(logits: tf.Tensor, target_ids: tf.Tensor, smoothing: float = 0.0) -> TokenLoss:
    """Cross-entropy between logits [B, T, V] and target_ids [B, T], padding left out.

    With smoothing ε the target distribution is (1 - ε) on the reference and ε / V on every id
    (Szegedy et al. 2016, section 7). It needs no distribution in memory:
    (1 - ε)(lse - z_y) + ε (lse - mean z).
    """
    logits = at_least_float32(logits)
    real = target_ids != PAD
    weights = tf.cast(real, logits.dtype)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target_ids, logits)
    if smoothing:
        uniform = tf.reduce_logsumexp(logits, axis=-1) - tf.reduce_mean(logits, axis=-1)
        losses = (1 - smoothing) * losses + smoothing * uniform
    hits = tf.argmax(logits, axis=-1, output_type=target_ids.dtype) == target_ids
    return TokenLoss(
        loss=tf.reduce_sum(losses * weights),
        correct=tf.reduce_sum(tf.cast(hits & real, logits.dtype)),
        tokens=tf.reduce_sum(weights),
    )


def at_least_float32(logits: tf.Tensor) -> tf.Tensor:
    """Half-precision logits as float32: sums over a vocabulary need the digits."""
    return logits if logits.dtype == tf.float64 else tf.cast(logits, tf.float32)
