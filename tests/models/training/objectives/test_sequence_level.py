"""REINFORCE and minimum risk against the exact expectation over every sequence.

The expected reward and its gradient are computed in NumPy, by enumeration and central differences.
"""

import math

import numpy as np
import pytest
import tensorflow as tf

from models.training.objectives.config import MinimumRiskConfig, ReinforceConfig
from models.training.objectives.cross_entropy import CrossEntropy
from models.training.objectives.minimum_risk import MinimumRisk, first_of_equals, risk
from models.training.objectives.reinforce import Reinforce, policy_gradient_loss
from models.training.objectives.samples import sequence_log_probability
from models.training.rewards import build_reward
from tests.models.training.enumeration import (
    LIMIT,
    TableTranslator,
    difference_gradient,
    every_sequence,
    log_probability,
)

SEQUENCES = every_sequence()
REWARDS = np.random.default_rng(8).uniform(size=len(SEQUENCES))
SOURCE = tf.constant([[4, 3]], tf.int64)


def probabilities(table):
    return np.exp([log_probability(table, sequence) for sequence in SEQUENCES])


@pytest.fixture
def translator():
    return TableTranslator(seed=4)


def gradient_of(translator, make_loss):
    with tf.GradientTape() as tape:
        sources = tf.repeat(SOURCE, len(SEQUENCES), axis=0)
        ids = tf.constant(SEQUENCES, tf.int64)
        logs = sequence_log_probability(translator, sources, ids)[None]
        loss = make_loss(logs)
    return loss, tf.convert_to_tensor(tape.gradient(loss, translator.table)).numpy()[0]


def test_the_sequences_are_all_there_are(translator):
    assert probabilities(translator.table.numpy()[0]).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("baseline", [0.0, 0.37])
def test_reinforce_in_expectation_is_the_gradient_of_the_expected_reward(translator, baseline):
    """E over samples of the estimator: each sequence's estimate, times its probability."""
    table = translator.table.numpy()[0]
    weights = probabilities(table)

    def estimates(logs):
        # One sample a sentence: the loss of all sentences is the sum of the samples' losses, and
        # a constant factor on a sentence is a factor on its gradient.
        losses = [
            weight
            * policy_gradient_loss(
                logs[:, i : i + 1], tf.constant([[REWARDS[i]]]), tf.constant([baseline], tf.float64)
            )
            for i, weight in enumerate(weights)
        ]
        return tf.add_n(losses)

    _, found = gradient_of(translator, estimates)
    exact = difference_gradient(lambda table: -probabilities(table) @ REWARDS, table)
    np.testing.assert_allclose(found, exact, atol=1e-9)


def test_reinforce_over_several_samples_is_the_mean_of_their_estimates(translator):
    logs = tf.constant([[-1.0, -2.0, -3.0]], tf.float64)
    rewards, baseline = tf.constant([[0.2, 0.9, 0.5]], tf.float64), tf.constant([0.4], tf.float64)
    several = policy_gradient_loss(logs, rewards, baseline)
    single = [
        policy_gradient_loss(logs[:, i : i + 1], rewards[:, i : i + 1], baseline) for i in range(3)
    ]
    assert float(several) == pytest.approx(float(sum(single)) / 3)


@pytest.mark.parametrize("sharpness", [1.0, 0.3])
def test_minimum_risk_over_every_sequence_is_the_exact_risk(translator, sharpness):
    table = translator.table.numpy()[0]

    def exact(table):
        sharpened = probabilities(table) ** sharpness
        return (sharpened / sharpened.sum()) @ (1 - REWARDS)

    everything = tf.ones([1, len(SEQUENCES)], tf.bool)
    loss, found = gradient_of(
        translator, lambda logs: risk(logs, tf.constant(REWARDS[None]), everything, sharpness)
    )
    assert float(loss) == pytest.approx(exact(table), abs=1e-12)
    np.testing.assert_allclose(found, difference_gradient(exact, table), atol=1e-9)


def test_a_sample_drawn_twice_counts_once(translator):
    ids = tf.constant([[[4, 3], [5, 3], [4, 3], [4, 5]]])
    np.testing.assert_array_equal(first_of_equals(ids), [[True, True, False, True]])
    logs = tf.constant([[-1.0, -2.0, -1.0, -3.0]], tf.float64)
    rewards = tf.constant([[0.1, 0.5, 0.1, 0.9]], tf.float64)
    with_double = risk(logs, rewards, first_of_equals(ids), 1.0)
    keep = tf.constant([0, 1, 3])
    without = risk(
        tf.gather(logs, keep, axis=1), tf.gather(rewards, keep, axis=1),
        tf.ones([1, 3], tf.bool), 1.0,
    )  # fmt: skip
    assert float(with_double) == pytest.approx(float(without), abs=1e-12)


def table_reward(ids, reference_ids):
    """REWARDS by sequence, whatever the reference."""
    del reference_ids
    short = tf.shape(ids)[1]
    ids = tf.pad(tf.cast(ids, tf.int64), [[0, 0], [0, LIMIT - short]])
    same = tf.reduce_all(ids[:, None] == tf.constant(SEQUENCES, tf.int64)[None], axis=-1)
    return tf.gather(tf.constant(REWARDS, tf.float32), tf.argmax(same, axis=1))


def test_the_sampled_gradient_of_reinforce_tends_to_the_exact_one(translator):
    """The whole objective: search, reward, greedy baseline, many samples."""
    samples = 200_000
    config = ReinforceConfig(kind="reinforce", samples=samples, cross_entropy=0.0)
    objective = Reinforce(config, CrossEntropy(translator), table_reward, LIMIT, seed=3)
    with tf.GradientTape() as tape:
        outcome = objective(SOURCE, tf.constant([[4, 5, 3]], tf.int64), tf.constant(1))
    found = tf.convert_to_tensor(tape.gradient(outcome.loss, translator.table)).numpy()[0]
    table = translator.table.numpy()[0]
    exact = difference_gradient(lambda table: -probabilities(table) @ REWARDS, table)
    # Five standard errors: an estimate's deviation is below 0.5 here, and the largest entry of
    # the exact gradient is well above what is tolerated.
    tolerance = 5 * 0.5 / math.sqrt(samples)
    np.testing.assert_allclose(found, exact, atol=tolerance)
    assert np.abs(exact).max() > 4 * tolerance
    best = SEQUENCES[int(np.argmax([_greedy(table) == s for s in SEQUENCES]))]
    assert float(outcome.measures["baseline"]) == pytest.approx(
        REWARDS[SEQUENCES.index(best)], abs=1e-6
    )


def _greedy(table):
    chosen, before = [], 2
    for position in range(LIMIT):
        before = 3 + int(np.argmax(table[position, before, 3:]))
        chosen.append(before)
        if before == 3:
            break
    return chosen + [0] * (LIMIT - len(chosen))


@pytest.mark.parametrize("kind", ["reinforce", "minimum_risk"])
def test_training_raises_the_expected_reward(translator, kind):
    if kind == "reinforce":
        config = ReinforceConfig(kind=kind, samples=8, cross_entropy=0.0)
        make = Reinforce
    else:
        config = MinimumRiskConfig(kind=kind, samples=8, cross_entropy=0.0, sharpness=1.0)
        make = MinimumRisk
    objective = tf.function(make(config, CrossEntropy(translator), table_reward, LIMIT, seed=3))
    before = probabilities(translator.table.numpy()[0]) @ REWARDS
    for update in range(100):
        with tf.GradientTape() as tape:
            outcome = objective(SOURCE, tf.constant([[4, 5, 3]], tf.int64), tf.constant(update))
        gradient = tf.convert_to_tensor(tape.gradient(outcome.loss, translator.table))
        translator.table.assign_sub(gradient)
    after = probabilities(translator.table.numpy()[0]) @ REWARDS
    assert after > before + 0.5 * (REWARDS.max() - before)


def test_cross_entropy_is_mixed_in_with_its_weight(translator):
    target = tf.constant([[4, 5, 3]], tf.int64)
    losses = []
    for weight in (0.0, 2.0):
        config = ReinforceConfig(kind="reinforce", cross_entropy=weight)
        reward = build_reward("bleu")
        objective = Reinforce(config, CrossEntropy(translator), reward, LIMIT, seed=3)
        losses.append(float(objective(SOURCE, target, tf.constant(1)).loss))
    reference = -log_probability(translator.table.numpy()[0], [4, 5, 3])
    assert losses[1] - losses[0] == pytest.approx(2 * reference, abs=1e-6)
