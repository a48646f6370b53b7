"""The loop as a whole: it learns, tells its listeners, stops, and goes on."""

import os
import signal

import numpy as np
import pytest

from foundation.errors import UserError
from models.training import Interrupted, Listener, TrainingConfig, train
from tests.models.training.tiny import tiny_translator, weights_of


def config(**keys) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {
            "epochs": 2,
            "batch": {"tokens": 40},
            "optimiser": {"learning_rate": 0.02},
            "best": {"metric": "loss", "direction": "minimise"},
            "validate_every": 5,
            "checkpoint_every": 5,
            "deterministic": True,
            **keys,
        }
    )


class Diary(Listener):
    """Everything that was told, as (event, report)."""

    def __init__(self, on_save=None):
        self.entries = []
        self.on_save = on_save

    def __getattribute__(self, name):
        if name in ("started", "stepped", "skipped", "validated", "saved", "averaged", "ended"):
            return lambda report=None: self.note(name, report)
        return super().__getattribute__(name)

    def note(self, event, report):
        self.entries.append((event, report))
        if event == "saved" and self.on_save is not None:
            self.on_save(report.step)

    def reports(self, event):
        return [report for name, report in self.entries if name == event]


def nothing():
    return {}


def test_it_learns(data, tmp_path):
    diary = Diary()
    result = train(tiny_translator(), config(epochs=10), data, tmp_path, nothing, [diary])
    losses = [report.metrics["loss"] for report in diary.reports("validated")]
    assert diary.reports("validated")[0].step == 0
    assert result.best < 0.8 * losses[0]
    assert result.best == min(losses)
    steps = [report.step for report in diary.reports("stepped")]
    assert steps == list(range(20, result.step + 1, 20))
    assert diary.entries[-1][0] == "ended"


def test_a_signal_leaves_a_checkpoint_and_the_next_training_goes_on(data, tmp_path):
    straight = tiny_translator()
    train(straight, config(), data, tmp_path / "straight", nothing)

    asked = []

    def ask(step):
        if step == 10 and not asked:
            asked.append(step)
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted) as interrupted:
        train(tiny_translator(), config(), data, tmp_path / "halves", nothing, [Diary(ask)])
    assert interrupted.value.signal == signal.SIGTERM
    assert "step-00000010.npz" in str(interrupted.value)

    resumed = tiny_translator(seed=99)
    diary = Diary()
    train(resumed, config(), data, tmp_path / "halves", nothing, [diary])
    start = diary.reports("started")[0]
    assert start.resumed and start.step == 10
    for name, value in weights_of(straight).items():
        np.testing.assert_array_equal(weights_of(resumed)[name], value, err_msg=name)


def test_another_configuration_is_refused_by_its_key(data, tmp_path):
    train(tiny_translator(), config(epochs=1), data, tmp_path, nothing)
    with pytest.raises(UserError, match=r"training\.optimiser\.learning_rate \(0.02 → 0.5\)"):
        other = config(epochs=1, optimiser={"learning_rate": 0.5})
        train(tiny_translator(), other, data, tmp_path, nothing)
    with pytest.raises(UserError, match=r"model\.units \(4 → 6\)"):
        train(tiny_translator(units=6), config(epochs=1), data, tmp_path, nothing)


def test_more_epochs_go_on(data, tmp_path):
    first = train(tiny_translator(), config(epochs=1), data, tmp_path, nothing)
    again = train(tiny_translator(), config(epochs=2), data, tmp_path, nothing)
    assert again.step > first.step


def test_an_unknown_metric_names_those_there_are(data, tmp_path):
    wrong = config(best={"metric": "blue"})
    with pytest.raises(UserError, match="'blue'; choose one of accuracy, bleu, loss"):
        train(tiny_translator(), wrong, data, tmp_path, lambda: {"bleu": 1.0})


def test_patience_ends_it_and_a_second_run_does_not_go_on(data, tmp_path):
    patient = config(epochs=50, patience=2, best={"metric": "bleu"})
    first = train(tiny_translator(), patient, data, tmp_path, lambda: {"bleu": 0.0})
    assert first.step == 10 and first.best_step == 0
    again = train(tiny_translator(), patient, data, tmp_path, lambda: {"bleu": 0.0})
    assert again.step == 10


def test_no_pair_within_the_limit(data, tmp_path):
    with pytest.raises(UserError, match="maximum_length"):
        short = config(batch={"maximum_length": 1})
        train(tiny_translator(), short, data, tmp_path, nothing)


def test_updates_that_are_not_finite_are_skipped_and_end_it(data, tmp_path):
    translator = tiny_translator()
    translator.out.kernel.assign(translator.out.kernel * np.nan)
    before = weights_of(translator)
    diary = Diary()
    limited = config(non_finite_limit=3)
    with pytest.raises(UserError, match="3 updates in a row were not finite"):
        train(translator, limited, data, tmp_path, nothing, [diary])
    assert [report.step for report in diary.reports("skipped")] == [1, 2, 3]
    assert diary.reports("skipped")[0].variable == translator.trainable_variables[0].path
    for name, value in weights_of(translator).items():
        np.testing.assert_array_equal(value, before[name])


def test_accumulated_batches_make_the_update_of_one_large_batch(data, tmp_path):
    results = []
    for sentences, accumulate in ((60, 1), (15, 4)):
        translator = tiny_translator(dtype="float64")
        train(
            translator,
            config(epochs=1, batch={"sentences": sentences, "accumulate": accumulate}),
            data,
            tmp_path / str(sentences),
            nothing,
        )
        results.append(weights_of(translator))
    # Both were one update on all pairs; the best weights are those after it.
    for name, value in results[0].items():
        np.testing.assert_allclose(results[1][name], value, atol=1e-9, err_msg=name)


def test_updates_end_a_training_in_mid_epoch_with_a_validation(data, tmp_path):
    diary = Diary()
    chosen = config(epochs=9, updates=7, validate_every=None)
    result = train(tiny_translator(), chosen, data, tmp_path, nothing, [diary])
    assert result.step == 7
    assert diary.reports("validated")[-1].step == 7
    assert diary.reports("saved")[-1].step == 7
