"""The problems against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lens.problems import ADDING, COPYING, adding, copying

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, steps=st.integers(2, 60))
def test_adding_marks_one_number_in_each_half(seed, steps):
    inputs, answers = adding(np.random.default_rng(seed), 4, steps)
    for row, answer in zip(inputs, answers, strict=True):
        first, second = np.flatnonzero(row[:, 1])
        assert first < steps // 2 <= second
        assert answer == row[first, 0] + row[second, 0]


@settings(max_examples=20, deadline=None)
@given(seed=seeds, steps=st.integers(11, 60))
def test_copying_shows_symbols_silence_and_one_signal(seed, steps):
    inputs, answers = copying(np.random.default_rng(seed), 3, steps)
    shown = inputs.argmax(-1)
    assert (inputs.sum(-1) == 1).all()
    np.testing.assert_array_equal(shown[:, :5], answers)
    assert (answers < 2).all()
    expected = [2] * (steps - 11) + [3] + [2] * 5
    np.testing.assert_array_equal(shown[:, 5:], [expected] * 3)


def test_guessing_has_the_error_that_is_stated():
    """Always answering 1 to a sum, and always the same bit."""
    _, sums = adding(np.random.default_rng(0), 20_000, 4)
    ones = np.ones([20_000, 1, 1], np.float32)
    assert float(ADDING.error(ones, sums)) == pytest.approx(ADDING.guessing, abs=0.01)
    _, bits = copying(np.random.default_rng(0), 4_000, 12)
    always = np.broadcast_to(np.float32([1, 0]), [4_000, 5, 2])
    assert float(COPYING.error(always, bits)) == pytest.approx(COPYING.guessing, abs=0.02)


def test_right_answers_solve_both_problems():
    random = np.random.default_rng(0)
    _, sums = adding(random, 8, 6)
    assert float(ADDING.error(sums[..., np.newaxis], sums)) == 0 < ADDING.solved
    _, bits = copying(random, 8, 12)
    assert float(COPYING.error(np.eye(2, dtype=np.float32)[bits], bits)) == 0 < COPYING.solved
