"""Verdicts on networks made to vanish, to explode and to behave."""

import numpy as np
import pytest
import tensorflow as tf

from models.lens.hidden_gradients import half_life
from models.lens.jacobians import by_autodiff, product_norms
from models.lens.verdict import judge
from models.recurrence import Recurrent

STEPS, UNITS = 30, 16


def _made(radius: float) -> tuple[float, int, float]:
    """The gradient's half-life in a ReLU network whose W_h scales all of h ≥ 0 by ``radius``."""
    layer = Recurrent(UNITS, cell="simple", activation="relu")
    inputs = tf.abs(tf.random.stateless_normal([4, STEPS, 3], [1, 2]))
    layer(inputs)
    layer.set_weights([np.ones([3, UNITS]), radius * np.eye(UNITS), np.zeros(UNITS)])
    states = tf.abs(tf.random.stateless_normal([STEPS, 4, UNITS], [3, 4]))
    step = lambda x, state: layer.step(x, type(layer.zero_state(1))(state))[0]  # noqa: E731
    distances = np.array([1, 10, STEPS])
    jacobians = by_autodiff(step, tf.transpose(inputs, [1, 0, 2]), states)
    norms = tf.function(product_norms)(jacobians, distances).numpy().mean(axis=1)
    return half_life(norms, distances), STEPS, float(norms[-1])


@pytest.mark.parametrize(
    ("radius", "kind"),
    [(0.5, "vanishing"), (1.0, "healthy"), (1.02, "healthy"), (2.0, "exploding")],
)
def test_networks_made_to(radius, kind):
    assert judge("layer", *_made(radius)).kind == kind


def test_vanishing_names_its_numbers():
    verdict = judge("encoder, layer 1", 3.1, 20, 0.0114, bound=2.4)
    assert verdict.sentence == (
        "encoder, layer 1: gradient halves every 3.1 steps (bound says 2.4): vanishing; "
        "a dependency 20 steps back gets 1.1% of the signal"
    )


def test_much_clipping_is_exploding():
    verdict = judge("decoder", float("inf"), 20, 1.5, clipped=0.71)
    assert verdict == (
        "exploding",
        "decoder: exploding, clipped in 71% of steps; "
        "a dependency 20 steps back gets 150% of the signal",
    )


def test_nothing_left_at_all_is_vanishing():
    verdict = judge("encoder", 0.0, 20, 0.0)
    assert verdict.kind == "vanishing"
    assert verdict.sentence.endswith(
        "a dependency 20 steps back gets less than 0.01% of the signal"
    )


def test_clipping_alone_explodes_nothing():
    verdict = judge("decoder", 9.0, 12, 0.4, clipped=0.75)
    assert verdict == (
        "healthy",
        "decoder: healthy; a dependency 12 steps back gets 40% of the signal, "
        "clipped in 75% of steps",
    )
