"""The experiment, small: short memories are learnt, and every network runs."""

import numpy as np
import pytest
import tensorflow as tf

from models.lens.experiment import REMEDIES, run
from models.lens.skip import REACH, SkipCell


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.name)
def test_every_network_is_measured_over_all_steps(remedy):
    outcome = run(remedy, "copying", 24, updates=2)
    assert outcome.norms.shape == (24,)
    assert np.isfinite([outcome.half_life, outcome.trained, outcome.loss]).all()
    assert not outcome.solved
    assert (outcome.bound is None) == (remedy.cell != "simple")


def test_a_gru_learns_to_add_over_a_few_steps():
    assert run(REMEDIES[-1], "adding", 6, updates=600).solved


def test_skipping_reaches_ten_steps_back():
    """With W_h = 0 and W_s = 1 an input comes back after ten steps and not before."""
    cell, one = SkipCell(), tf.ones([1, 1])
    weights = cell.Weights(one, 0 * one, one, tf.zeros([1]))
    state = cell.State(tf.zeros([1, 1]), tf.zeros([1, REACH - 1]))
    seen = []
    for t in range(2 * REACH):
        state = cell.step(weights, cell.project(weights, one if t == 0 else 0 * one), state)
        seen.append(float(state.h[0, 0]))
    assert np.flatnonzero(seen).tolist() == [0, REACH]
    assert seen[REACH] == pytest.approx(np.tanh(np.tanh(1)))
