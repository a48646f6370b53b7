"""The peer of the project's recurrent translator: the same model from Keras's own layers."""

import keras
import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD


class StockTranslator(keras.Model):
    """Bidirectional GRU encoder, GRU decoder, additive attention after it, as a Keras user has it.

    Args:
        units: H, and the size of embeddings and of attention.
        vocabulary: V, on both sides.
    """

    def __init__(self, units: int, vocabulary: int):
        super().__init__()
        layers = keras.layers
        self.source_embedding = layers.Embedding(vocabulary, units)
        self.target_embedding = layers.Embedding(vocabulary, units)
        self.encoder = layers.Bidirectional(layers.GRU(units, return_sequences=True))
        self.decoder = layers.GRU(units, return_sequences=True)
        self.bridge = layers.Dense(units, activation="tanh")
        self.queries = layers.Dense(units, use_bias=False)
        self.keys = layers.Dense(units)
        self.attention = layers.AdditiveAttention()
        self.readout = layers.Dense(units, activation="tanh")
        self.logits = layers.Dense(vocabulary)

    def call(self, source_ids, input_ids):
        """Logits [B, T, V], from source ids [B, S] and decoder input ids [B, T]."""
        mask = tf.not_equal(source_ids, PAD)
        encoded = self.encoder(self.source_embedding(source_ids), mask=mask)
        first = self.bridge(encoded[:, -1])
        hidden = self.decoder(self.target_embedding(input_ids), initial_state=first)
        context = self.attention(
            [self.queries(hidden), encoded, self.keys(encoded)], mask=[None, mask]
        )
        return self.logits(self.readout(tf.concat([hidden, context], -1)))

    def loss_of(self, source_ids, target_ids):
        """The mean cross-entropy of the real target tokens."""
        begin = tf.fill([tf.shape(target_ids)[0], 1], tf.constant(BEGIN, tf.int64))
        logits = self(source_ids, tf.concat([begin, target_ids[:, :-1]], axis=1))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target_ids, logits)
        weights = tf.cast(target_ids != PAD, losses.dtype)
        return tf.reduce_sum(losses * weights) / tf.reduce_sum(weights)
