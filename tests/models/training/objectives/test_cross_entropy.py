"""Cross-entropy against its definition with whole distributions, in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from models.training.objectives.cross_entropy import CrossEntropy, decoder_input, token_loss
from tests.models.training.tiny import VOCABULARY, tiny_translator

TARGETS = np.array([[4, 5, 3, 0], [6, 3, 0, 0], [7, 8, 4, 3]])


def logits():
    return np.random.default_rng(5).normal(size=(3, 4, VOCABULARY))


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
def test_it_is_the_cross_entropy_with_the_smoothed_distribution(smoothing):
    scores = logits()
    expected = 0.0
    for row, column in np.argwhere(TARGETS != 0):
        log_p = scores[row, column] - np.log(np.exp(scores[row, column]).sum())
        wanted = np.full(VOCABULARY, smoothing / VOCABULARY)
        wanted[TARGETS[row, column]] += 1 - smoothing
        expected -= wanted @ log_p
    found = token_loss(tf.constant(scores), tf.constant(TARGETS), smoothing)
    np.testing.assert_allclose(found.loss, expected, rtol=1e-12)
    assert found.tokens == 9


def test_padding_has_no_gradient():
    scores = tf.Variable(logits())
    with tf.GradientTape() as tape:
        loss = token_loss(scores, tf.constant(TARGETS), 0.1).loss
    gradient = tape.gradient(loss, scores).numpy()
    assert (gradient[TARGETS == 0] == 0).all()
    assert (gradient[TARGETS != 0] != 0).all()


def test_accuracy_counts_real_tokens_alone():
    scores = np.zeros((1, 3, VOCABULARY))
    scores[0, [0, 1, 2], [4, 7, 0]] = 1
    found = token_loss(tf.constant(scores), tf.constant([[4, 5, 0]]))
    assert found.correct == 1 and found.tokens == 2


def test_decoder_input_is_begin_and_the_target_without_its_last():
    np.testing.assert_array_equal(
        decoder_input(tf.constant(TARGETS)), [[2, 4, 5, 3], [2, 6, 3, 0], [2, 7, 8, 4]]
    )


@pytest.mark.parametrize(("normalise", "weight"), [("tokens", 9), ("sentences", 3)])
def test_what_the_loss_is_divided_by(normalise, weight):
    objective = CrossEntropy(tiny_translator(), normalise=normalise)
    outcome = objective(tf.constant(TARGETS), tf.constant(TARGETS), tf.constant(0))
    assert outcome.weight == weight
