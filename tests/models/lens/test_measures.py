"""Saturation and movements on numbers small enough to count."""

import numpy as np
import pytest

from models.lens.saturation import dead_share, saturated_share
from models.lens.updates import movements


def test_shares_count_real_tokens_alone():
    mask = np.array([[True, True, False]])
    hidden = np.array([[[0.995, 0.0], [-1.0, 0.5], [1.0, 1.0]]])
    assert saturated_share(hidden, mask) == 0.5
    hidden = np.array([[[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [9.0, 9.0, 9.0]]])
    assert dead_share(hidden, mask) == pytest.approx(2 / 3)


def test_movements_relate_to_the_size_before():
    before = {"w": np.array([3.0, 4.0]), "b": np.zeros(2)}
    after = {"w": np.array([3.0, 4.5]), "b": np.ones(2)}
    found = movements({"w": np.array([6.0, 8.0]), "b": np.zeros(2)}, before, after)
    assert found["w"] == (10.0, 0.1)
    assert found["b"] == (0.0, float("inf"))
