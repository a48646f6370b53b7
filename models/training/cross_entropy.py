"""Masked cross-entropy with label smoothing."""

from typing import NamedTuple

import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD


class TokenLoss(NamedTuple):
    """Sums over the real target tokens of a batch; divide by ``tokens``.

    loss: with label smoothing, in nats. correct: tokens whose logit is the largest.
    """

    loss: tf.Tensor
    correct: tf.Tensor
    tokens: tf.Tensor


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
    logits = tf.cast(logits, tf.float32)
    real = target_ids != PAD
    weights = tf.cast(real, tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target_ids, logits)
    if smoothing:
        uniform = tf.reduce_logsumexp(logits, axis=-1) - tf.reduce_mean(logits, axis=-1)
        losses = (1 - smoothing) * losses + smoothing * uniform
    hits = tf.argmax(logits, axis=-1, output_type=target_ids.dtype) == target_ids
    return TokenLoss(
        loss=tf.reduce_sum(losses * weights),
        correct=tf.reduce_sum(tf.cast(hits & real, tf.float32)),
        tokens=tf.reduce_sum(weights),
    )
