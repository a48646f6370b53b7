"""The experiment, small: short memories are learnt, and every network runs."""

import numpy as np
import pytest
import tensorflow as tf

from models.lens.experiment import REMEDIES, run
from models.lens.problems import ADDING, COPYING
from models.lens.skip import REACH, SkipCell


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.name)
def test_every_network_is_measured_over_all_steps(remedy):
    outcome = run(remedy, COPYING, 24, budget=2)
    for decay in (outcome.before, outcome.after):
        assert decay.norms.shape == (24,)
        assert np.isfinite(decay.half_life)
    assert outcome.updates == 2
    assert not outcome.solved
    assert outcome.error >= COPYING.solved
    assert (outcome.bound is None) == (remedy.cell != "simple")


@pytest.mark.parametrize("problem", [ADDING, COPYING], ids=lambda problem: problem.name)
def test_the_gradient_of_an_orthogonal_network_stays_below_its_bound(problem):
    outcome = run(REMEDIES[2], problem, 24, budget=1)
    silent = outcome.before.silent
    assert silent == {"adding": 0, "copying": 4}[problem.name]
    assert outcome.alpha == pytest.approx(1, abs=1e-5)
    assert np.isnan(outcome.bound[:silent]).all()
    np.testing.assert_allclose(outcome.bound[silent:], outcome.before.norms[silent], rtol=1e-3)
    assert (outcome.before.norms[silent:] <= outcome.bound[silent:] * (1 + 1e-5)).all()


def test_a_gru_learns_to_add_over_a_few_steps_and_then_stops():
    outcome = run(REMEDIES[-1], ADDING, 6, budget=1000)
    assert outcome.solved
    assert outcome.error < ADDING.solved
    assert outcome.updates < 1000


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
