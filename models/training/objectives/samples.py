"""What the sequence-level objectives have in common: samples, their rewards, their probability."""

from typing import NamedTuple

import keras
import tensorflow as tf

from foundation.vocabulary import PAD
from models.decoding import DecodingConfig, Search, build_search
from models.decoding.sampling import SamplingSearch
from models.training.objectives.cross_entropy import at_least_float32, decoder_input
from models.training.rewards import Reward


class Samples(NamedTuple):
    """N samples for each of B sentences.

    ids: int32 [B, N, T]. rewards: float32 [B, N]. log_probabilities: [B, N], differentiable.
    """

    ids: tf.Tensor
    rewards: tf.Tensor
    log_probabilities: tf.Tensor


def sampling(samples: int, maximum_length: int, seed: int) -> SamplingSearch:
    """The search that draws from the model's own distribution."""
    return build_search(
        DecodingConfig(
            strategy="sampling", samples=samples, maximum_length=maximum_length, seed=seed
        )
    )


def greedy(maximum_length: int) -> Search:
    """The search that finds the baseline."""
    return build_search(DecodingConfig(strategy="greedy", maximum_length=maximum_length))


def evaluate(
    translator: keras.Model,
    source_ids: tf.Tensor,
    target_ids: tf.Tensor,
    ids: tf.Tensor,
    reward: Reward,
) -> Samples:
    """Rewards and log-probabilities of ids [B, N, T].

    Dropout is off: the distribution that is differentiated is the one that was drawn from.
    """
    batch, count, length = tf.unstack(tf.shape(ids))
    flat = tf.reshape(ids, [batch * count, length])
    rewards = reward(flat, tf.repeat(target_ids, count, axis=0))
    sources = tf.repeat(source_ids, count, axis=0)
    log_probabilities = sequence_log_probability(translator, sources, flat)
    return Samples(
        ids,
        tf.reshape(rewards, [batch, count]),
        tf.reshape(log_probabilities, [batch, count]),
    )


def sequence_log_probability(
    translator: keras.Model, source_ids: tf.Tensor, ids: tf.Tensor
) -> tf.Tensor:
    """log p(y | x) of source_ids [N, S] and ids [N, T], padding left out: [N]."""
    ids = tf.cast(ids, source_ids.dtype)
    logits = at_least_float32(translator((source_ids, decoder_input(ids)), training=False))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(ids, logits)
    return -tf.reduce_sum(losses * tf.cast(ids != PAD, logits.dtype), axis=1)
