"""Masked cross-entropy with label smoothing, read with teacher forcing."""

from collections.abc import Mapping
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
        packed: take the logits of real tokens alone; XLA cannot, as their number differs
    """

    translator: keras.Model
    smoothing: float = 0.0
    normalise: str = "tokens"
    packed: bool = True

    def __call__(
        self,
        source_ids: tf.Tensor,
        target_ids: tf.Tensor,
        update: tf.Tensor,
        probes: Mapping[str, tf.Tensor] | None = None,
    ) -> Outcome:
        """See ``Objective``; the update's number plays no part, ``probes`` are the translator's."""
        ids = source_ids, decoder_input(target_ids)
        only = self.only(target_ids)
        logits = self.translator(ids, training=True, probes=probes, only=only)
        return self.outcome(logits, target_ids)

    def only(self, target_ids: tf.Tensor) -> tf.Tensor | None:
        """The positions of target_ids [B, T] whose logits are wanted; None for all of them."""
        return target_ids != PAD if self.packed else None

    def outcome(self, logits: tf.Tensor, target_ids: tf.Tensor) -> Outcome:
        """The loss of logits [B, T, V], or [N, V] of the real tokens alone."""
        packed = logits.shape.rank == 2
        targets = tf.boolean_mask(target_ids, target_ids != PAD) if packed else target_ids
        sums = token_loss(logits, targets, self.smoothing)
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
    """Cross-entropy between logits [..., V] and target_ids [...], padding left out.

    With smoothing ε the target distribution is (1 - ε) on the reference and ε / V on every id
    (Szegedy et al. 2016, section 7). It needs no distribution in memory:
    (1 - ε)(lse - z_y) + ε (lse - mean z).
    """
    rows = at_least_float32(tf.reshape(logits, [-1, logits.shape[-1]]))
    targets = tf.reshape(target_ids, [-1])
    real = targets != PAD
    weights = tf.cast(real, rows.dtype)
    losses, best = _losses_and_best(rows, targets, smoothing)
    return TokenLoss(
        loss=tf.reduce_sum(losses * weights),
        correct=tf.reduce_sum(tf.cast((best == targets) & real, rows.dtype)),
        tokens=tf.reduce_sum(weights),
    )


def _losses_and_best(logits: tf.Tensor, targets: tf.Tensor, smoothing: float):
    """Losses [N] and most probable ids [N] of logits [N, V], in few passes over [N, V].

    With p = softmax(z), lse = max z - log max p, where nothing underflows: max p is at least 1 / V.
    The gradient is p - (1 - ε) [y] - ε / V.
    """

    @tf.custom_gradient
    def losses_of(logits):
        probabilities = tf.nn.softmax(logits)
        best = tf.argmax(logits, axis=-1, output_type=targets.dtype)
        log_sum = _pick(logits, best) - tf.math.log(_pick(probabilities, best))
        losses = log_sum - (1 - smoothing) * _pick(logits, targets)
        if smoothing:
            losses -= smoothing * tf.reduce_mean(logits, axis=-1)

        def gradient(upstream, _):
            spread = probabilities
            if smoothing:
                spread -= smoothing / logits.shape[-1]
            places = tf.stack([tf.range(tf.size(targets, targets.dtype)), targets], axis=1)
            return tf.tensor_scatter_nd_sub(
                spread * upstream[:, tf.newaxis], places, (1 - smoothing) * upstream
            )

        return (losses, best), gradient

    return losses_of(logits)


def _pick(rows: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
    """[N, V] at ids [N]: [N]."""
    return tf.gather(rows, ids, axis=1, batch_dims=1)


def at_least_float32(logits: tf.Tensor) -> tf.Tensor:
    """Half-precision logits as float32: sums over a vocabulary need the digits."""
    return logits if logits.dtype == tf.float64 else tf.cast(logits, tf.float32)
