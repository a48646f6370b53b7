"""Translators small enough to enumerate: the next id's logits are looked up in a table.

They speak the interface that the searches use, and nothing else.
"""

from itertools import product
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD


class Memory(NamedTuple):
    table: tf.Tensor
    mask: tf.Tensor


class State(NamedTuple):
    position: tf.Tensor
    trace: tf.Tensor


class TableTranslator:
    """Logits by sentence, position and previous id.

    A source's table is chosen by its first id, modulo the number of tables [M, T, V, V]. The state
    holds the position and a tensor that grows with it, as a transformer's cache does. The attention
    at position t is one-hot on source position t modulo the source's length.
    """

    def __init__(self, tables, dtype=tf.float32):
        self.tables = np.asarray(tables, np.float32)
        self.vocabulary = self.tables.shape[-1]
        self.dtype = dtype
        self.rows_stepped = tf.Variable(0)

    def encode(self, source_ids, training=False):
        index = source_ids[:, 0] % len(self.tables)
        return Memory(tf.gather(tf.constant(self.tables), index), source_ids != PAD)

    def start(self, memory):
        rows = tf.shape(memory.mask)[0]
        return State(tf.zeros([rows], tf.int32), tf.zeros([rows, 0, 1], tf.int32))

    def step(self, previous_ids, state, memory, training=False):
        self.rows_stepped.assign_add(tf.size(previous_ids))
        last = self.tables.shape[1] - 1
        at_position = tf.gather(memory.table, tf.minimum(state.position, last), batch_dims=1)
        logits = tf.gather(at_position, previous_ids, batch_dims=1)
        length = tf.reduce_sum(tf.cast(memory.mask, tf.int32), axis=1)
        attention = tf.one_hot(
            state.position % tf.maximum(length, 1), tf.shape(memory.mask)[1], dtype=self.dtype
        )
        state = State(
            state.position + 1, tf.concat([state.trace, previous_ids[:, None, None]], axis=1)
        )
        return tf.cast(logits, self.dtype), state, attention

    def decode(self, input_ids, state, memory, training=False):
        logits, attention = [], []
        for position in range(input_ids.shape[1]):
            here, state, seen = self.step(input_ids[:, position], state, memory)
            logits.append(here)
            attention.append(seen)
        return tf.stack(logits, 1), state, tf.stack(attention, 1)


def random_tables(seed, count=1, length=4, vocabulary=6, scale=2.0):
    """Tables of independent normal logits."""
    return scale * np.random.default_rng(seed).normal(size=(count, length, vocabulary, vocabulary))


def log_probabilities(table):
    """log softmax of the logits, in float64."""
    table = np.asarray(table, np.float64)
    return table - np.log(np.exp(table).sum(-1, keepdims=True))


def score(table, ids):
    """The log-probability of a hypothesis by the chain rule."""
    logs = log_probabilities(table)
    previous = [BEGIN, *ids[:-1]]
    return sum(
        logs[min(position, len(logs) - 1), before, after]
        for position, (before, after) in enumerate(zip(previous, ids, strict=True))
    )


def enumerate_hypotheses(vocabulary, limit, minimum=1):
    """Every hypothesis: ends with END and at most ``limit`` long, or cut off at ``limit``."""
    inner = [i for i in range(vocabulary) if i not in (PAD, BEGIN, END)]
    for length in range(1, limit + 1):
        for body in product(inner, repeat=length - 1):
            if length >= minimum:
                yield (*body, END)
            if length == limit:
                yield from ((*body, last) for last in inner)


def rows_of(hypotheses, sentence=0):
    """The hypotheses of a sentence as tuples of ids."""
    ids, lengths = hypotheses.ids.numpy(), hypotheses.lengths.numpy()
    return [tuple(ids[sentence, n, : lengths[sentence, n]].tolist()) for n in range(ids.shape[1])]
