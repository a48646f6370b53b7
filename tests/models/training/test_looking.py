"""Updates that are looked at: the same training, and what it shows."""

import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig, TranslatorSpec
from models.training import Listener, TrainingConfig, train
from models.training.objectives.cross_entropy import decoder_input
from models.translator import build_translator
from tests.models.training.tiny import VOCABULARY


class Looks(Listener):
    """What was seen, and the weights at that moment."""

    def __init__(self, translator):
        self.translator = translator
        self.reports = []
        self.weights = []

    def looked(self, report):
        self.reports.append(report)
        self.weights.append([np.array(v) for v in self.translator.trainable_variables])


def translator_of(**model):
    settings = ModelConfig.model_validate({"units": 4, "embedding": 3, **model})
    spec = TranslatorSpec(
        model=settings, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY
    )
    return build_translator(spec)


def config(**keys) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {
            "epochs": 1,
            "batch": {"tokens": 60},
            "optimiser": {"kind": "sgd", "learning_rate": 0.5},
            "clip": {"by": "none"},
            "best": {"metric": "loss", "direction": "minimise"},
            "deterministic": True,
            **keys,
        }
    )


def watch(data, folder, look_every, model=(), **keys):
    tf.keras.utils.set_random_seed(3)
    translator = translator_of(**dict(model))
    looks = Looks(translator)
    train(translator, config(**keys), data, folder, dict, [looks], look_every=look_every)
    return translator, looks


@pytest.fixture(scope="module")
def unwatched(data, tmp_path_factory):
    return watch(data, tmp_path_factory.mktemp("unwatched"), None)


def test_looking_changes_nothing(data, tmp_path, unwatched):
    watched, looks = watch(data, tmp_path, 3)
    assert [report.step for report in looks.reports] == [3, 6]
    assert not unwatched[1].reports
    for one, other in zip(
        watched.trainable_variables, unwatched[0].trainable_variables, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_gradients_are_autodiff_s(data, tmp_path):
    """The tape through the plain steps, at the weights that the update before left."""
    _, looks = watch(data, tmp_path, 1, {"dropout": {}})
    report, weights = looks.reports[1], looks.weights[0]
    plain = translator_of(gradient="autodiff")
    for variable, value in zip(plain.trainable_variables, weights, strict=True):
        variable.assign(value)
    source, target = tf.constant(report.source_ids), tf.constant(report.target_ids)
    ids = source, decoder_input(target)
    probes = plain.probes(*ids)
    with tf.GradientTape() as tape:
        tape.watch(probes)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target, plain(ids, probes=probes))
        loss = tf.reduce_sum(tf.where(target == 0, 0.0, losses))
    expected = tape.gradient(loss, probes)
    assert set(report.gradients) == {"encoder/0/forward", "encoder/0/backward", "decoder/0"}
    for name, gradient in report.gradients.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-3, atol=1e-5)


def test_changes_are_the_update_s(data, tmp_path):
    """Plain gradient descent: Δw is the learning rate times the gradient."""
    translator, looks = watch(data, tmp_path, 1)
    before, after = looks.weights[0], looks.weights[1]
    report = looks.reports[1]
    for variable, old, new in zip(translator.trainable_variables, before, after, strict=True):
        change = report.changes[variable.path]
        moved = np.linalg.norm(new - old)
        assert change.norm == pytest.approx(moved / 0.5, rel=1e-3, abs=1e-5)
        if np.any(old):
            assert change.ratio == pytest.approx(moved / np.linalg.norm(old), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    "keys",
    [
        {"bptt": {"window": 2}},
        {"objective": {"kind": "scheduled_sampling"}},
        {"batch": {"tokens": 60, "accumulate": 2}},
    ],
)
def test_other_trainings_show_their_variables(data, tmp_path, keys):
    clip = {"by": "global_norm", "limit": 0.1}
    _, looks = watch(data, tmp_path, 2, **keys, clip=clip)
    assert looks.reports[0].step == 2
    for report in looks.reports:
        norm = np.sqrt(sum(change.norm**2 for change in report.changes.values()))
        assert len(report.kept) == 2
        assert report.kept[-1] == pytest.approx(min(1, 0.1 / norm), rel=1e-4)
    assert all(report.changes for report in looks.reports)
    assert all(bool(report.gradients) == ("accumulate" in str(keys)) for report in looks.reports)


def test_a_model_without_recurrence_shows_its_variables(data, tmp_path):
    model = {"family": "transformer", "transformer": {"heads": 2, "layers": 1, "feed_forward": 4}}
    _, looks = watch(data, tmp_path, 2, model)
    assert looks.reports[0].gradients == {}
    assert looks.reports[0].changes
