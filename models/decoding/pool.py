"""The finished hypotheses of a beam search."""

from typing import NamedTuple

import tensorflow as tf


class Pool(NamedTuple):
    """The K best finished hypotheses of each sentence, best first: [B, K] each.

    ranks: float32, what they are ordered by; -inf where there is none.
    scores: float32, their log-probabilities.
    ids: int32, their last ids.
    parents: int32, the places in the beam that the last ids continued.
    lengths: int32, their ids, the last one included.
    """

    ranks: tf.Tensor
    scores: tf.Tensor
    ids: tf.Tensor
    parents: tf.Tensor
    lengths: tf.Tensor


Finished = Pool
"""Hypotheses [A, K] that leave the beam in one step, in the pool's form; -inf where none does."""


def empty_pool(sentences: tf.Tensor, width: int) -> Pool:
    """A pool without hypotheses: scores of -inf, lengths of 0."""
    nothing = tf.fill([sentences, width], -float("inf"))
    none = tf.zeros([sentences, width], tf.int32)
    return Pool(nothing, nothing, none, none, none)


def merge(pool: Pool, sentence: tf.Tensor, finished: Finished) -> Pool:
    """The pool with the finished hypotheses [A, K] of the sentences [A] sorted in.

    Of equal ranks the earlier hypothesis comes first.
    """
    width = pool.ranks.shape[1]
    both = Pool(
        *(
            tf.concat([tf.gather(old, sentence), new], axis=1)
            for old, new in zip(pool, finished, strict=True)
        )
    )
    _, index = tf.math.top_k(both.ranks, width)
    return Pool(
        *(
            tf.tensor_scatter_nd_update(
                old, sentence[:, None], tf.gather(tensor, index, batch_dims=1)
            )
            for old, tensor in zip(pool, both, strict=True)
        )
    )
