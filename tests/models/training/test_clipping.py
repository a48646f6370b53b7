"""Clipping against NumPy, one kind after the other."""

import numpy as np
import pytest
import tensorflow as tf

from models.training.clipping import clip
from models.training.config import ClipConfig

GRADIENTS = [np.array([[3.0, 4.0]]), np.array([0.0, 12.0, 0.0])]
NORM = 13.0


def clipped(by, limit):
    tensors = [tf.constant(g) for g in GRADIENTS]
    found, kept = clip(tensors, tf.linalg.global_norm(tensors), ClipConfig(by=by, limit=limit))
    return [g.numpy() for g in found], float(kept)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("global_norm", [g * 6.5 / NORM for g in GRADIENTS]),
        ("variable_norm", [GRADIENTS[0], GRADIENTS[1] * 6.5 / 12]),
        ("value", [GRADIENTS[0], np.array([0.0, 6.5, 0.0])]),
    ],
)
def test_large_gradients(by, expected):
    found, kept = clipped(by, 6.5)
    left = np.sqrt(sum(np.sum(g**2) for g in expected))
    assert kept == pytest.approx(left / NORM, rel=1e-12)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("by", ["global_norm", "variable_norm", "value", "none"])
def test_small_gradients_stay(by):
    found, kept = clipped(by, 13.5)
    assert kept == 1
    for one, other in zip(found, GRADIENTS, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
