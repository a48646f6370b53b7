"""The lens's norms against autodiff's, step by step, and their alignment."""

import numpy as np
import pytest
import tensorflow as tf

from models.lens.hidden_gradients import by_distance, half_life
from models.recurrence import Recurrent

LENGTHS = [5, 3, 1]


def _mask() -> np.ndarray:
    return np.arange(5)[np.newaxis] < np.array(LENGTHS)[:, np.newaxis]


def _forward(layer: Recurrent, inputs: tf.Tensor, mask: np.ndarray, offsets: list[tf.Tensor]):
    """The states one by one, each an offset away; a padded step passes the state on."""
    state, outputs = layer.zero_state(len(inputs)), []
    for t, offset in enumerate(offsets):
        real = tf.constant(mask[:, t, np.newaxis])
        _, following = layer.step(inputs[:, t], state)
        following = following._replace(h=following.h + offset)
        state = tf.nest.map_structure(
            lambda new, old, r=real: tf.where(r, new, old), following, state
        )
        outputs.append(state.h)
    return outputs


@pytest.mark.parametrize("cell", ["simple", "lstm", "gru"])
def test_norms_are_autodiffs_at_each_step(cell):
    random = np.random.default_rng(5)
    mask = _mask()
    inputs = tf.constant(random.normal(size=[3, 5, 2]))
    layer = Recurrent(4, cell=cell, dtype="float64")
    weights = tf.constant(random.normal(size=[3, 4]))
    probe = tf.zeros([3, 5, 4], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(probe)
        _, state = layer(inputs, mask=tf.constant(mask), probe=probe)
        loss = tf.reduce_sum(weights * state.h)
    profile = by_distance(tape.gradient(loss, probe).numpy(), mask)

    offsets = [tf.zeros([3, 4], tf.float64) for _ in range(5)]
    with tf.GradientTape() as tape:
        tape.watch(offsets)
        loss = tf.reduce_sum(weights * _forward(layer, inputs, mask, offsets)[-1])
    norms = np.stack([np.linalg.norm(g, axis=-1) for g in tape.gradient(loss, offsets)], 1)
    expected = [
        np.mean([norms[b, length - 1 - d] for b, length in enumerate(LENGTHS) if d < length])
        for d in range(5)
    ]
    np.testing.assert_allclose(profile.norms, expected, rtol=1e-10)


def test_distances_start_at_the_end_of_each_recurrence():
    gradients = np.arange(1.0, 16).reshape(3, 5, 1)
    forward, backward = by_distance(gradients, _mask()), by_distance(gradients, _mask(), True)
    np.testing.assert_allclose(forward.norms, [8, 5.5, 4.5, 2, 1])
    np.testing.assert_allclose(backward.norms, [6, 4.5, 5.5, 4, 5])
    np.testing.assert_array_equal(forward.tokens, [3, 2, 2, 1, 1])


def test_half_life_of_known_decays():
    assert half_life(0.5 ** (np.arange(12) / 3)) == pytest.approx(3)
    assert half_life(2.0 ** (np.arange(12) / 4)) == pytest.approx(-4)
    assert half_life(np.ones(4)) == float("inf")
    assert half_life(np.array([1, 0.25, 0.0, 0.0])) == pytest.approx(0.5)
    assert half_life(np.array([1.0, 0.0])) == 0
    with pytest.raises(ValueError, match="two distances"):
        half_life(np.ones(1))
