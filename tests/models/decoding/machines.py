"""Translators small enough to enumerate: the next id's logits are looked up in a table.

They speak the interface that the searches use, and nothing else.
"""

from itertools import product
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD

VOCABULARY = 6
INNER = tuple(i for i in range(VOCABULARY) if i not in (PAD, BEGIN, END))


class Memory(NamedTuple):
    table: tf.Tensor
    mask: tf.Tensor


class State(NamedTuple):
    position: tf.Tensor
    cache: tf.Tensor


class TableTranslator:
    """Logits by sentence, position and previous id.

    A source's table is the one with the number of its first id, modulo the number of tables
    [M, P, V, V]; positions beyond P use the last. The state holds the position and a tensor that
    grows with it, as a transformer's cache does; the position is read from that tensor's size, so
    that a search which mixes states up gives wrong logits. The attention is all on one source
    position, chosen by position and previous id.
    """

    def __init__(self, tables, dtype=tf.float32):
        self.tables = tf.Variable(tables, dtype=tf.float32, trainable=False)
        self.vocabulary = self.tables.shape[-1]
        self.dtype = dtype
        self.rows_stepped = tf.Variable(0, trainable=False)

    def encode(self, source_ids, training=False):
        index = source_ids[:, 0] % self.tables.shape[0]
        return Memory(tf.gather(self.tables, index), source_ids != PAD)

    def start(self, memory):
        rows = tf.shape(memory.mask)[0]
        return State(tf.zeros([rows], tf.int32), tf.zeros([rows, 0, 1], tf.int32))

    def step(self, previous_ids, state, memory, training=False):
        self.rows_stepped.assign_add(tf.size(previous_ids))
        previous_ids = tf.cast(previous_ids, tf.int32)
        cache = tf.concat([state.cache, previous_ids[:, None, None]], axis=1)
        position = tf.fill(tf.shape(previous_ids), tf.shape(state.cache)[1])
        last = self.tables.shape[1] - 1
        logits = tf.gather(memory.table, tf.minimum(state.position, last), batch_dims=1)
        logits = tf.gather(logits, cache[:, -1, 0], batch_dims=1)
        length = tf.maximum(tf.reduce_sum(tf.cast(memory.mask, tf.int32), axis=1), 1)
        attention = tf.one_hot(
            (position + previous_ids) % length, tf.shape(memory.mask)[1], dtype=self.dtype
        )
        return tf.cast(logits, self.dtype), State(state.position + 1, cache), attention

    def decode(self, input_ids, state, memory, training=False):
        logits, attention = [], []
        for position in range(input_ids.shape[1]):
            logits_here, state, attention_here = self.step(input_ids[:, position], state, memory)
            logits.append(logits_here)
            attention.append(attention_here)
        return tf.stack(logits, 1), state, tf.stack(attention, 1)


def random_tables(seed, count=1, positions=3, scale=2.0):
    """Independent normal logits [M, P, V, V]."""
    shape = (count, positions, VOCABULARY, VOCABULARY)
    return scale * np.random.default_rng(seed).normal(size=shape)


def log_probabilities(table):
    """log softmax of logits [P, V, V], in float64."""
    table = np.asarray(table, np.float32).astype(np.float64)
    return table - np.log(np.exp(table).sum(-1, keepdims=True))


def score(table, ids):
    """The log-probability of a hypothesis by the chain rule."""
    logs = log_probabilities(table)
    steps = enumerate(zip((BEGIN, *ids), ids, strict=False))
    return sum(logs[min(step, len(logs) - 1), before, after] for step, (before, after) in steps)


def coverage(ids, source_length):
    """The attention that each source position receives in all."""
    received = np.zeros(source_length)
    for step, before in enumerate([BEGIN, *ids[:-1]]):
        received[(step + before) % source_length] += 1
    return received


def rank(table, ids, source_length, alpha, beta):
    """What a hypothesis is ranked by, from the equations of Wu et al. (2016)."""
    missed = np.log(np.clip(coverage(ids, source_length), 1e-10, 1)).sum()
    return score(table, ids) / ((5 + len(ids)) / 6) ** alpha + beta * missed


def every_hypothesis(limit):
    """Every hypothesis of at most ``limit`` ids: ended, or cut off at the limit."""
    for length in range(1, limit + 1):
        for body in product(INNER, repeat=length - 1):
            yield (*body, END)
    yield from product(INNER, repeat=limit)


def repeats(ids, size):
    """Whether a sequence of ``size`` ids occurs twice."""
    ngrams = [tuple(ids[i : i + size]) for i in range(len(ids) - size + 1)]
    return len(set(ngrams)) < len(ngrams)


def found(hypotheses, sentence=0):
    """The hypotheses of a sentence as tuples of ids, those of length 0 left out."""
    ids, lengths = hypotheses.ids.numpy()[sentence], hypotheses.lengths.numpy()[sentence]
    return [
        tuple(row[:length].tolist()) for row, length in zip(ids, lengths, strict=True) if length
    ]
