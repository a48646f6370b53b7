"""A policy whose every sequence can be enumerated, and the exact gradients of its expectations."""

from itertools import product
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from foundation.vocabulary import BEGIN, END

# Ids that a sequence may hold before END; sequences end, or are cut off, at LIMIT ids.
INNER = (4, 5)
LIMIT = 3


class TableState(NamedTuple):
    position: tf.Tensor


class TableMemory(NamedTuple):
    index: tf.Tensor
    mask: tf.Tensor


class TableTranslator:
    """Logits by position and previous id, for each of two sources; PAD, UNKNOWN, BEGIN impossible.

    Its variable ``table`` [2, LIMIT, V, V] is all that there is to train.
    """

    vocabulary = 6

    def __init__(self, seed: int):
        random = np.random.default_rng(seed)
        self.table = tf.Variable(random.normal(scale=0.4, size=(2, LIMIT, 6, 6)))
        self._impossible = tf.constant([-1e9, -1e9, -1e9, 0.0, 0.0, 0.0], tf.float64)
        self.compute_dtype = "float64"

    def __call__(self, ids, training=False, probes=None, only=None):
        source_ids, input_ids = ids
        length = input_ids.shape[1] or tf.shape(input_ids)[1]
        positions = tf.minimum(tf.range(length), LIMIT - 1)
        tables = tf.gather(tf.gather(self.table, source_ids[:, 0] % 2), positions, axis=1)
        logits = tf.gather(tables, input_ids, batch_dims=2) + self._impossible
        return logits if only is None else tf.boolean_mask(logits, only)

    def encode(self, source_ids, training=False):
        return TableMemory(source_ids[:, 0] % 2, source_ids != 0)

    def start(self, memory):
        return TableState(tf.zeros_like(memory.index, tf.int32))

    def step(self, previous_ids, state, memory, training=False):
        tables = tf.gather(self.table, memory.index)
        at = tf.gather(tables, tf.minimum(state.position, LIMIT - 1), batch_dims=1)
        logits = tf.gather(at, previous_ids, batch_dims=1) + self._impossible
        attention = tf.zeros(tf.shape(memory.mask), tf.float64)
        return logits, TableState(state.position + 1), attention


def every_sequence() -> list[list[int]]:
    """All sequences of at most LIMIT ids: ended by END, or cut off; right padded with 0."""
    ended = [[*body, END] for size in range(LIMIT) for body in product(INNER, repeat=size)]
    cut_off = [list(body) for body in product(INNER, repeat=LIMIT)]
    return [row + [0] * (LIMIT - len(row)) for row in ended + cut_off]


def log_probability(table: np.ndarray, sequence: list[int]) -> float:
    """By the chain rule in NumPy; table [LIMIT, V, V]."""
    total, before = 0.0, BEGIN
    for position, chosen in enumerate(sequence):
        if chosen == 0:
            break
        logits = table[position, before, 3:]
        total += logits[chosen - 3] - np.log(np.exp(logits).sum())
        before = chosen
    return total


def difference_gradient(function, table: np.ndarray) -> np.ndarray:
    """Central differences of a scalar function of the table."""
    gradient = np.zeros_like(table)
    step = 1e-5
    for place in np.ndindex(table.shape):
        sides = []
        for sign in (1, -1):
            moved = table.copy()
            moved[place] += sign * step
            sides.append(function(moved))
        gradient[place] = (sides[0] - sides[1]) / (2 * step)
    return gradient
