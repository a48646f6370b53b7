"""Each optimiser takes a step down, and weight decay spares biases and norms."""

import keras
import numpy as np
import pytest

from models.training.config import OptimiserConfig
from models.training.optimisers import build_optimiser

KINDS = ("sgd", "momentum", "adam", "adamw", "adafactor", "lion")


def variables():
    return [
        keras.Variable(np.full((2, 3), 0.5), name="kernel"),
        keras.Variable(np.full(3, 0.5), name="bias"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_against_the_gradient(kind):
    decay = 0.1 if kind == "adamw" else 0.0
    built = variables()
    optimiser = build_optimiser(OptimiserConfig(kind=kind, weight_decay=decay), built)
    before = len(optimiser.variables)
    optimiser.apply([np.ones((2, 3), np.float32), -np.ones(3, np.float32)], built)
    assert (built[0].numpy() < 0.5).all() and (built[1].numpy() > 0.5).all()
    assert len(optimiser.variables) == before


@pytest.mark.parametrize("kind", KINDS)
def test_weight_decay_is_for_matrices(kind):
    built = variables()
    config = OptimiserConfig(kind=kind, weight_decay=0.2, learning_rate=0.1)
    optimiser = build_optimiser(config, built)
    optimiser.apply([np.zeros((2, 3), np.float32), np.zeros(3, np.float32)], built)
    np.testing.assert_allclose(built[0].numpy(), 0.5 * (1 - 0.1 * 0.2), rtol=1e-5)
    np.testing.assert_allclose(built[1].numpy(), 0.5, rtol=1e-6)


def test_adamw_without_decay_is_refused():
    with pytest.raises(ValueError, match="set weight_decay"):
        OptimiserConfig(kind="adamw")
