"""Additive attention, in Bahdanau's and in Luong's form."""

from typing import ClassVar

import tensorflow as tf

from models.attention.attention import Attention
from models.initialisers import initialiser


@tf.custom_gradient
def additive_energies(queries: tf.Tensor, keys: tf.Tensor, scorer: tf.Tensor):
    """e_ts = vᵀ tanh(q_t + k_s), with a gradient that passes over [B, T, S, A] as rarely as it can.

    With z = tanh(q_t + k_s) and g_ts = ∂L/∂e_ts, ∂L/∂(q_t + k_s) = v ⊙ g_ts (1 - z²), so

        ∂L/∂q_t = v ⊙ (Σ_s g_ts - Σ_s g_ts z²),   ∂L/∂k_s likewise over t,   ∂L/∂v = Σ_ts g_ts z.

    Args:
        queries: q, [B, T, A].
        keys: k, [B, S, A].
        scorer: v, [A].

    Returns:
        e, [B, T, S].
    """
    z = tf.tanh(queries[:, :, tf.newaxis] + keys[:, tf.newaxis])
    # Of two axes: matvec of more, with one vector for all, writes outside its memory (TF 2.16).
    rows = tf.reshape(z, [-1, scorer.shape[0]])
    energies = tf.reshape(tf.linalg.matvec(rows, scorer), tf.shape(z)[:3])

    def gradient(upstream):
        scorer_gradient = tf.linalg.matvec(rows, tf.reshape(upstream, [-1]), transpose_a=True)
        curved = upstream[..., tf.newaxis] * tf.square(z)
        queries_gradient = tf.reduce_sum(upstream, 2)[..., tf.newaxis] - tf.reduce_sum(curved, 2)
        keys_gradient = tf.reduce_sum(upstream, 1)[..., tf.newaxis] - tf.reduce_sum(curved, 1)
        return scorer * queries_gradient, scorer * keys_gradient, scorer_gradient

    return energies, gradient


class AdditiveAttention(Attention):
    """e_ts = vᵀ tanh(W_q h_t + W_k s + b), Bahdanau et al. 2015."""

    biased: ClassVar[bool] = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project_queries = self.projection("queries")
        self.project_keys = self.projection("keys", use_bias=self.biased)
        self.scorer = self.add_weight(
            name="scorer", shape=(self.units, 1), initializer=initialiser(self.kernel_initialiser)
        )

    def keys(self, values):
        return self.project_keys(values)

    def energies(self, queries, keys):
        scorer = tf.cast(self.scorer, self.compute_dtype)
        return additive_energies(self.project_queries(queries), keys, scorer[:, 0])


class ConcatAttention(AdditiveAttention):
    """e_ts = vᵀ tanh(W [h_t; s]), Luong et al. 2015.

    W's columns for h_t and for s are two matrices here, so that neither product is taken anew for
    every pair of positions.
    """

    biased = False
