"""Scheduled sampling: its probability by hand, its limits, and what it draws."""

import math

import numpy as np
import pytest
import tensorflow as tf
from pydantic import TypeAdapter

from models.config import ModelConfig, TranslatorSpec
from models.training.objectives.config import ScheduledSamplingConfig
from models.training.objectives.cross_entropy import CrossEntropy
from models.training.objectives.scheduled_sampling import ScheduledSampling, teacher_probability
from models.translator import build_translator
from tests.models.training.tiny import VOCABULARY, tiny_translator

SOURCE = tf.constant([[4, 5, 3], [6, 3, 0]], tf.int64)
TARGET = tf.constant([[5, 4, 6, 7, 3], [6, 3, 0, 0, 0]], tf.int64)


def settings(**keys):
    return TypeAdapter(ScheduledSamplingConfig).validate_python(
        {"kind": "scheduled_sampling", **keys}
    )


def objective(translator, **keys):
    return ScheduledSampling(translator, settings(**keys), CrossEntropy(translator), seed=7)


@pytest.mark.parametrize(
    ("decay", "update", "expected"),
    [
        ("linear", 0, 1.0),
        ("linear", 25, 0.75),
        ("linear", 500, 0.2),
        ("exponential", 0, 1.0),
        ("exponential", 100, math.exp(-1)),
        ("exponential", 10_000, 0.2),
        ("inverse_sigmoid", 100, 0.5),
        ("inverse_sigmoid", 1_000_000, 0.2),
    ],
)
def test_the_probability(decay, update, expected):
    found = teacher_probability(settings(decay=decay, steps=100, floor=0.2), update)
    assert float(found) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("steps", [1, 10, 100, 100_000])
def test_the_inverse_sigmoid_is_that_of_the_paper(steps):
    # k with k ln k = steps, by bisection.
    low, high = 1.0, steps + 2.0
    for _ in range(200):
        k = (low + high) / 2
        low, high = (k, high) if k * math.log(k) < steps else (low, k)
    for update in (0, steps // 2, steps, 2 * steps):
        expected = k / (k + math.exp(update / k))
        found = float(teacher_probability(settings(decay="inverse_sigmoid", steps=steps), update))
        assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("passes", ["stepwise", "two"])
def test_with_probability_one_it_is_teacher_forcing(passes):
    translator = tiny_translator(dtype="float64")
    variables = translator.trainable_variables
    found, expected = [], []
    for make, into in (
        (objective(translator, floor=1.0, passes=passes), found),
        (CrossEntropy(translator), expected),
    ):
        with tf.GradientTape() as tape:
            outcome = make(SOURCE, TARGET, tf.constant(0))
        into.extend(
            [outcome.loss, *map(tf.convert_to_tensor, tape.gradient(outcome.loss, variables))]
        )
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("passes", ["stepwise", "two"])
def test_with_probability_one_states_get_the_gradients_of_teacher_forcing(passes):
    model = ModelConfig(units=4, embedding=3)
    sizes = {"source_vocabulary": VOCABULARY, "target_vocabulary": VOCABULARY}
    translator = build_translator(TranslatorSpec(model=model, **sizes))
    probes = translator.probes(SOURCE, TARGET)
    found = []
    for make in (objective(translator, floor=1.0, passes=passes), CrossEntropy(translator)):
        with tf.GradientTape() as tape:
            tape.watch(probes)
            outcome = make(SOURCE, TARGET, tf.constant(0), probes=probes)
        found.append(tape.gradient(outcome.loss, probes))
    for name, expected in found[1].items():
        assert np.abs(expected).max() > 1e-3
        np.testing.assert_allclose(found[0][name], expected, atol=1e-6)


@pytest.mark.parametrize("passes", ["stepwise", "two"])
def test_with_probability_zero_the_first_drawn_id_follows_the_model(passes):
    """The second position reads the id drawn at the first: its share is the model's own."""
    translator = tiny_translator(dtype="float64")
    rows = 4000
    source = tf.repeat(SOURCE[:1], rows, axis=0)
    target = tf.repeat(tf.constant([[5, 4]], tf.int64), rows, axis=0)
    read = []
    decode = translator.decode

    def spy(input_ids, *args, **keys):
        read.append(input_ids)
        return decode(input_ids, *args, **keys)

    translator.decode = spy
    tf.config.run_functions_eagerly(True)
    try:
        objective(translator, decay="linear", steps=1, passes=passes)(
            source, target, tf.constant(10)
        )
    finally:
        tf.config.run_functions_eagerly(False)
    second = read[1][:, 0] if passes == "stepwise" else read[1][:, 1]
    logits = translator((source[:1], tf.constant([[2]], tf.int64)))[0, 0].numpy()
    logits[2] = -np.inf
    expected = np.exp(logits) / np.exp(logits).sum()
    shares = np.bincount(second.numpy(), minlength=VOCABULARY) / rows
    # Five standard errors of a share.
    np.testing.assert_allclose(shares, expected, atol=5 * 0.5 / math.sqrt(rows))


def test_equal_updates_draw_equal_ids_and_others_draw_others():
    translator = tiny_translator()
    make = tf.function(objective(translator, decay="linear", steps=1))
    losses = [float(make(SOURCE, TARGET, tf.constant(update)).loss) for update in (5, 5, 6)]
    assert losses[0] == losses[1] != losses[2]


def test_the_probability_is_reported_for_each_sentence():
    outcome = objective(tiny_translator(), decay="linear", steps=4)(SOURCE, TARGET, tf.constant(1))
    assert float(outcome.measures["teacher_forcing"]) == pytest.approx(2 * 0.75)
