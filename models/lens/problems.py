"""Two problems that need a long memory and nothing else (Hochreiter and Schmidhuber 1997)."""

from typing import NamedTuple

import numpy as np

_SYMBOLS = 8
_COPIED = 10


class Batch(NamedTuple):
    """inputs: [B, T, E]. answers: [B, 1] numbers, or [B, N] symbols for the last N steps."""

    inputs: np.ndarray
    answers: np.ndarray


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
    """Ten symbols, a silence, a signal, and then the ten symbols again.

    Inputs are [B, T, 10], one-hot: 8 symbols, silence 8, signal 9; the answers [B, 10] belong to
    the last ten steps. The silence lasts T - 20 steps, of which the last is the signal. Guessing
    has a cross-entropy of ln 8.
    """
    symbols = random.integers(0, _SYMBOLS, [rows, _COPIED])
    shown = np.full([rows, steps], _SYMBOLS)
    shown[:, :_COPIED] = symbols
    shown[:, -_COPIED - 1] = _SYMBOLS + 1
    return Batch(np.eye(_SYMBOLS + 2, dtype=np.float32)[shown], symbols)
