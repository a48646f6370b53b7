"""Two problems that need a long memory and nothing else (Hochreiter and Schmidhuber 1997)."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

_SYMBOLS = 2
_COPIED = 5


class Batch(NamedTuple):
    """inputs: [B, T, E]. answers: [B, 1] numbers, or [B, N] symbols for the last N steps."""

    inputs: np.ndarray
    answers: np.ndarray


class Problem(NamedTuple):
    """What a network is given and how its answer is judged.

    make: (random, rows, steps) → a Batch. outputs: numbers that a network puts out at each step.
    loss, error: (outputs [B, N, outputs], answers [B, N]) → a scalar, to train on and to judge by.
    guessing: the error without any memory. solved: the error under which it counts as solved.
    """

    name: str
    make: Callable[[np.random.Generator, int, int], Batch]
    outputs: int
    loss: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    error: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    guessing: float
    solved: float


def adding(random: np.random.Generator, rows: int, steps: int) -> Batch:
    """The sum of two marked numbers, one in each half of the sequence.

    Inputs are [B, T, 2]: a number of 0 … 1, and whether it is marked. Always answering 1 has a
    mean squared error of 1/6.
    """
    marks = np.zeros([rows, steps], np.float32)
    half = steps // 2
    marks[np.arange(rows), random.integers(0, half, rows)] = 1
    marks[np.arange(rows), random.integers(half, steps, rows)] = 1
    numbers = random.random([rows, steps], np.float32)
    return Batch(np.stack([numbers, marks], -1), (numbers * marks).sum(1, keepdims=True))


def copying(random: np.random.Generator, rows: int, steps: int) -> Batch:
    """Five bits, a silence, a signal, and then the five bits again.

    Inputs are [B, T, 4], one-hot: 2 symbols, silence 2, signal 3; the answers [B, 5] belong to
    the last five steps. The silence lasts T - 10 steps, of which the last is the signal. It is the
    "5-bit memory problem" of Martens and Sutskever 2011. Guessing gets half of the bits wrong.
    """
    symbols = random.integers(0, _SYMBOLS, [rows, _COPIED])
    shown = np.full([rows, steps], _SYMBOLS)
    shown[:, :_COPIED] = symbols
    shown[:, -_COPIED - 1] = _SYMBOLS + 1
    return Batch(np.eye(_SYMBOLS + 2, dtype=np.float32)[shown], symbols)


def _squared(outputs: tf.Tensor, answers: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.square(outputs[..., 0] - answers))


def _cross_entropy(outputs: tf.Tensor, answers: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(answers, outputs))


def _wrong(outputs: tf.Tensor, answers: tf.Tensor) -> tf.Tensor:
    wrong = tf.argmax(outputs, axis=-1, output_type=answers.dtype) != answers
    return tf.reduce_mean(tf.cast(wrong, tf.float32))


# Solved is a tenth of what guessing gets wrong.
ADDING = Problem("adding", adding, 1, _squared, _squared, 1 / 6, 1 / 60)
COPYING = Problem("copying", copying, _SYMBOLS, _cross_entropy, _wrong, 1 / 2, 1 / 20)
