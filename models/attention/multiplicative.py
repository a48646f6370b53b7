"""Attention whose energies are products of states."""

import tensorflow as tf

from models.attention.attention import Attention


class DotAttention(Attention):
    """e_ts = h_tᵀ s, Luong et al. 2015; it has no weights, and H must equal C."""

    def energies(self, queries, keys):
        return tf.matmul(queries, keys, transpose_b=True)


class GeneralAttention(Attention):
    """e_ts = h_tᵀ W s, Luong et al. 2015.

    W s is taken once for each source. Its size is that of h_t, so ``units`` must be H.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project_keys = self.projection("keys")

    def keys(self, values):
        return self.project_keys(values)

    def energies(self, queries, keys):
        return tf.matmul(queries, keys, transpose_b=True)


class ScaledDotAttention(Attention):
    """e_ts = (W_q h_t)ᵀ (W_k s) / √A, Vaswani et al. 2017 with one head, values as they are."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project_queries = self.projection("queries")
        self.project_keys = self.projection("keys")

    def keys(self, values):
        return self.project_keys(values)

    def energies(self, queries, keys):
        scaled = self.project_queries(queries) * self.units**-0.5
        return tf.matmul(scaled, keys, transpose_b=True)
