"""Bridges against what their definitions say."""

import numpy as np
import pytest
import tensorflow as tf

from models.bridge import BRIDGES
from models.config import ModelConfig
from models.encoder import Encoded
from models.recurrence.lstm import LSTMCell

B, S, H = 3, 4, 2
MASK = np.array([[True] * 4, [True, True, False, False], [False] * 4])


@pytest.fixture
def encoded():
    random = np.random.default_rng(0)

    def state():
        return LSTMCell.State(*(tf.constant(random.normal(size=(B, H)), tf.float32) for _ in "hc"))

    return Encoded(
        outputs=tf.constant(random.normal(size=(B, S, 2 * H)), tf.float32),
        summary=tf.zeros([B, 2 * H]),
        mask=tf.constant(MASK),
        final=tuple((state(), state()) for _ in range(3)),
    )


def bridged(kind, encoded):
    config = ModelConfig.model_validate(
        {"cell": "lstm", "units": H, "encoder": {"layers": 3}, "decoder": {"layers": 2}}
    )
    bridge = BRIDGES[kind](config, LSTMCell.State(H, H))
    states = bridge(encoded)
    assert len(states) == 2 and all(isinstance(state, LSTMCell.State) for state in states)
    return bridge, states


def test_zeros(encoded):
    _, states = bridged("zeros", encoded)
    for part in tf.nest.flatten(states):
        np.testing.assert_array_equal(part, np.zeros((B, H)))


def test_last_takes_the_layers_beside_it_from_the_top(encoded):
    _, states = bridged("last", encoded)
    for state, (forward, backward) in zip(states, encoded.final[1:], strict=True):
        np.testing.assert_allclose(state.h, (forward.h + backward.h) / 2, rtol=1e-6)
        np.testing.assert_allclose(state.c, (forward.c + backward.c) / 2, rtol=1e-6)


def test_mean_is_over_real_positions_and_both_directions(encoded):
    _, states = bridged("mean", encoded)
    outputs = encoded.outputs.numpy()
    expected = np.zeros((B, H))
    for row in range(2):
        mean = outputs[row, MASK[row]].mean(0)
        expected[row] = (mean[:H] + mean[H:]) / 2
    for state in states:
        np.testing.assert_allclose(state.h, expected, atol=1e-6)
        np.testing.assert_array_equal(state.c, np.zeros((B, H)))


def test_dense_makes_every_state_of_the_last_layer_s(encoded):
    bridge, states = bridged("dense", encoded)
    (h_f, c_f), (h_b, c_b) = encoded.final[-1]
    kernel, bias = bridge.dense.get_weights()
    last = np.concatenate([h_f, c_f, h_b, c_b], axis=1)
    got = np.concatenate([part.numpy() for state in states for part in state], axis=1)
    np.testing.assert_allclose(got, np.tanh(last @ kernel + bias), atol=1e-6)
