"""The problems against their definitions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lens.problems import adding, copying

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
@given(seed=seeds, steps=st.integers(21, 60))
def test_copying_shows_symbols_silence_and_one_signal(seed, steps):
    inputs, answers = copying(np.random.default_rng(seed), 3, steps)
    shown = inputs.argmax(-1)
    assert (inputs.sum(-1) == 1).all()
    np.testing.assert_array_equal(shown[:, :10], answers)
    assert (answers < 8).all()
    expected = [8] * (steps - 21) + [9] + [8] * 10
    np.testing.assert_array_equal(shown[:, 10:], [expected] * 3)
