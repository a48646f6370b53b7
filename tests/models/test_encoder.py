"""Encoder layers put together from runs of the scan."""

import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig
from models.encoder import RecurrentEncoder

B, S, H = 2, 3, 4
MASK = tf.constant([[True, True, True], [True, False, False]])


def encoded_by(**encoder_keys):
    config = ModelConfig.model_validate({"units": H, "embedding": H, "encoder": encoder_keys})
    encoder = RecurrentEncoder(config)
    embedded = tf.random.stateless_normal([B, S, H], [1, 2])
    return encoder, embedded, encoder(embedded, MASK)


def runs(layer, inputs):
    return [direction(inputs, MASK) for direction in layer.directions]


@pytest.mark.parametrize("merge", ["concat", "sum"])
def test_two_directions(merge):
    encoder, embedded, encoded = encoded_by(merge=merge)
    (forward, last), (backward, first) = runs(encoder.stack[0], embedded)
    merged = {"concat": lambda *both: tf.concat(both, -1), "sum": lambda *both: sum(both)}[merge]
    np.testing.assert_allclose(encoded.outputs, merged(forward, backward), atol=1e-6)
    np.testing.assert_allclose(encoded.summary, merged(last.h, first.h), atol=1e-6)
    # Forwards the last real position is the last state, backwards the first position is.
    np.testing.assert_allclose(last.h[1], forward[1, 0], atol=1e-6)
    np.testing.assert_allclose(first.h, backward[:, 0], atol=1e-6)


def test_residuals_begin_at_the_layer_named():
    encoder, embedded, encoded = encoded_by(layers=3, direction="forward", residual_from=2)
    states = embedded
    for layer, residual in zip(encoder.stack, (False, True, True), strict=True):
        [(outputs, _)] = runs(layer, states)
        states = outputs + states if residual else outputs
    np.testing.assert_allclose(encoded.outputs, states, atol=1e-6)
    assert len(encoded.final) == 3


def test_layer_norm_gives_every_position_mean_0_and_deviation_1():
    encoder, embedded, encoded = encoded_by(layer_norm=True)
    (forward, last), (backward, first) = runs(encoder.stack[0], embedded)
    for normalised, both in (
        (encoded.outputs, tf.concat([forward, backward], -1)),
        (encoded.summary, tf.concat([last.h, first.h], -1)),
    ):
        states = both.numpy()
        centred = states - states.mean(-1, keepdims=True)
        # Keras adds 0.001 to the variance.
        expected = centred / np.sqrt(states.var(-1, keepdims=True) + 1e-3)
        np.testing.assert_allclose(normalised, expected, atol=1e-5)
