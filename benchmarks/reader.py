"""A recurrent reader: the smallest translator that backpropagation through time can be seen in."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.recurrence import Recurrent


class Nothing(NamedTuple):
    """The memory of a reader, which has no source."""

    mask: tf.Tensor


class Reader(keras.Model):
    """Predicts the next id [B, T] from those before, through one recurrent layer.

    Args:
        vocabulary: V
        units: H, and the size of the embeddings
        cell: of ``models.recurrence``
        recompute: see ``models.recurrence.scan``
    """

    def __init__(self, vocabulary: int, units: int, cell: str = "gru", recompute: bool = False):
        super().__init__()
        self.vocabulary = vocabulary
        self.embedding = keras.layers.Embedding(vocabulary, units)
        self.recurrent = Recurrent(units, cell, recompute=recompute)
        self.out = keras.layers.Dense(vocabulary)
        self((tf.ones([1, 1], tf.int64), tf.ones([1, 1], tf.int64)))

    def call(self, ids, training=False, probes=None, only=None):
        memory = self.encode(ids[0], training)
        return self.decode(ids[1], self.start(memory), memory, training, only)[0]

    def encode(self, source_ids, training=False, window=None):
        """Nothing but how many rows there are."""
        return Nothing(source_ids != 0)

    def start(self, memory):
        """A state of zeros."""
        return self.recurrent.zero_state(memory.mask.shape[0] or tf.shape(memory.mask)[0])

    def decode(self, input_ids, state, memory, training=False, only=None):
        """A stretch from a state; there is no attention."""
        outputs, state = self.recurrent(self.embedding(input_ids), initial_state=state)
        outputs = outputs if only is None else tf.boolean_mask(outputs, only)
        return self.out(outputs), state, None
