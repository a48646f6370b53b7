"""What an attention is."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.attention.softmax import masked_softmax
from models.dense import Dense
from models.initialisers import initialiser


class Sight(NamedTuple):
    """What a decoder can look at.

    values: [B, S, C], the encoded source positions.
    keys: [B, S, A], what queries are compared with; taken from the values once for each source.
    """

    values: tf.Tensor
    keys: tf.Tensor


class Attention(keras.layers.Layer):
    """Weights over source positions from energies, and the context: the weighted sum of values.

    Derive from it to bring an attention of your own: make sub-layers in ``__init__``, write
    ``energies``, and ``keys`` if something of it depends on the source alone.

    Args:
        units: A, the size in which queries and keys are compared.
        heads: the number of heads, for an attention that has several.
        kernel_initialiser: for its matrices, a name of ``models.initialisers``.

    Call arguments:
        queries: [B, T, H], the decoder's states, T steps at once.
        sight: what ``see`` made of the source.
        mask: [B, S] boolean, True = real token.

    Returns:
        The contexts c [B, T, C] and the weights a [B, T, S], which sum to 1 and are 0 on padding;
        contexts and weights are 0 for a source without any real token.
    """

    def __init__(self, units: int, heads: int = 1, kernel_initialiser: str = "glorot", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.heads = heads
        self.kernel_initialiser = kernel_initialiser

    def projection(self, name: str, use_bias: bool = False) -> Dense:
        """A matrix to the size A."""
        return Dense(
            self.units,
            use_bias=use_bias,
            kernel_initializer=initialiser(self.kernel_initialiser),
            name=name,
        )

    def see(self, outputs: tf.Tensor, summary: tf.Tensor) -> Sight:
        """Prepares a source once for all queries.

        Args:
            outputs: [B, S, C], the encoder's outputs.
            summary: [B, C], the encoder's last state.
        """
        del summary
        return Sight(values=outputs, keys=self.keys(outputs))

    def keys(self, values: tf.Tensor) -> tf.Tensor:
        """[B, S, C] to [B, S, A]."""
        return values

    def energies(self, queries: tf.Tensor, keys: tf.Tensor) -> tf.Tensor:
        """e, how well each key answers each query: [B, T, H] and [B, S, A] to [B, T, S]."""
        raise NotImplementedError

    def call(self, queries, sight, mask):
        weights = masked_softmax(self.energies(queries, sight.keys), mask[:, tf.newaxis])
        return tf.matmul(weights, sight.values), weights
