"""Attention with several heads."""

import tensorflow as tf

from models.attention.attention import Attention, Sight
from models.attention.softmax import masked_softmax


def split_heads(states: tf.Tensor, heads: int) -> tf.Tensor:
    """[B, T, A] to [B, heads, T, A / heads]."""
    shape = tf.shape(states)
    split = tf.reshape(states, [shape[0], shape[1], heads, states.shape[-1] // heads])
    return tf.transpose(split, [0, 2, 1, 3])


def join_heads(states: tf.Tensor) -> tf.Tensor:
    """[B, heads, T, D] to [B, T, heads * D]."""
    _, heads, _, size = states.shape
    shape = tf.shape(states)
    return tf.reshape(tf.transpose(states, [0, 2, 1, 3]), [shape[0], shape[2], heads * size])


def attend(
    queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, mask: tf.Tensor, heads: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """softmax(q kᵀ / √D) v in every head, Vaswani et al. 2017, equation 1.

    Args:
        queries: [B, T, A], the heads side by side.
        keys: [B, S, A].
        values: [B, S, A].
        mask: boolean, broadcastable to [B, heads, T, S].

    Returns:
        What each query gets, [B, T, A], and the weights of the heads, [B, heads, T, S].
    """
    queries, keys, values = (split_heads(states, heads) for states in (queries, keys, values))
    scaled = queries * queries.shape[-1] ** -0.5
    weights = masked_softmax(tf.matmul(scaled, keys, transpose_b=True), mask)
    return join_heads(tf.matmul(weights, values)), weights


class MultiHeadAttention(Attention):
    """Vaswani et al. 2017, section 3.2.2; the weights returned are the mean over heads.

    A must be a multiple of the number of heads.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project_queries = self.projection("queries")
        self.project_keys = self.projection("keys")
        self.project_values = self.projection("values")
        self.project_context = self.projection("context")

    def see(self, outputs, summary):
        del summary
        return Sight(values=self.project_values(outputs), keys=self.project_keys(outputs))

    def call(self, queries, sight, mask):
        context, weights = attend(
            self.project_queries(queries),
            sight.keys,
            sight.values,
            mask[:, tf.newaxis, tf.newaxis],
            self.heads,
        )
        return self.project_context(context), tf.reduce_mean(weights, axis=1)
