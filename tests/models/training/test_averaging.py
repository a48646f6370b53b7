"""Means of weights, over updates and over checkpoints, and which weights a training ends with."""

from pathlib import Path

import keras
import numpy as np
import pytest

from models.training import Listener, TrainingConfig, train
from models.training.averaging import MovingAverage, mean
from models.training.checkpoints import Checkpoint
from tests.models.training.tiny import tiny_translator


def test_the_moving_average_is_the_recursion():
    variable = keras.Variable([1.0, -2.0])
    average = MovingAverage([variable], decay=0.9)
    expected = np.array([1.0, -2.0])
    for step in range(1, 200):
        variable.assign([float(step), 0.5 * step])
        average.add(step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * variable.numpy()
    np.testing.assert_allclose(average.averages[0].numpy(), expected, rtol=1e-5)


def test_in_place_and_back():
    variable = keras.Variable([1.0])
    average = MovingAverage([variable], decay=0.9)
    variable.assign([5.0])
    with pytest.raises(RuntimeError), average.in_place():
        assert variable.numpy() == [1.0]
        raise RuntimeError
    assert variable.numpy() == [5.0]


def test_a_mean_of_checkpoints_leaves_whole_numbers_alone():
    checkpoints = [
        Checkpoint(Path(), {"w": np.array([x], np.float32), "seed": np.array([7 + x])}, {})
        for x in (1, 2, 6)
    ]
    found = mean(checkpoints)
    np.testing.assert_array_equal(found.arrays["w"], np.array([3.0], np.float32))
    assert found.arrays["w"].dtype == np.float32 and found.arrays["seed"] == 8


class Averages(Listener):
    def __init__(self):
        self.reports = []

    def averaged(self, report):
        self.reports.append(report)


@pytest.mark.parametrize("over", ["last", "best"])
@pytest.mark.parametrize("helps", [True, False])
def test_the_mean_is_kept_where_it_is_better(data, tmp_path, over, helps):
    config = TrainingConfig.model_validate(
        {
            "epochs": 2,
            "keep": 3,
            "batch": {"tokens": 40},
            "validate_every": 3,
            "checkpoint_every": 3,
            "average": {"over": over, "checkpoints": 3},
        }
    )
    values = []

    def validate():
        """Rises to 10 and then jumps or falls: the last call is that for the mean."""
        values.append(float(len(values)))
        return {"bleu": values[-1] if helps or len(values) < 7 else -1.0}

    told = Averages()
    translator = tiny_translator()
    result = train(translator, config, data, tmp_path, validate, [told])
    (report,) = told.reports
    kind = "step" if over == "last" else "best"
    files = sorted(tmp_path.glob(f"{kind}-*.npz"))
    assert len(files) == 3 and [f"{kind}-{s:08d}.npz" for s in report.steps] == [
        file.name for file in files
    ]
    loaded = [np.load(file) for file in files]
    kept = (
        np.mean([arrays["model/0000"] for arrays in loaded], axis=0)
        if report.kept
        else np.load(tmp_path / f"best-{result.best_step:08d}.npz")["model/0000"]
    )
    assert report.kept == (report.metrics["bleu"] > result.best)
    assert report.kept == helps
    np.testing.assert_allclose(translator.variables[0].numpy(), kept, rtol=1e-6)
    assert ("mean" in result.weights) == report.kept


def test_the_moving_average_is_what_is_measured_and_kept(data, tmp_path):
    config = TrainingConfig.model_validate(
        {
            "epochs": 1,
            "batch": {"tokens": 40},
            "best": {"metric": "loss", "direction": "minimise"},
            "average": {"over": "ema", "decay": 0.5},
        }
    )
    translator = tiny_translator()
    result = train(translator, config, data, tmp_path, dict)
    saved = np.load(tmp_path / f"step-{result.step:08d}.npz")
    for place, variable in enumerate(translator.trainable_variables):
        assert (saved[f"average/{place:04d}"] != saved[f"model/{place:04d}"]).any()
        np.testing.assert_array_equal(variable.numpy(), saved[f"average/{place:04d}"])
    assert "moving average" in result.weights


def test_the_moving_average_starts_from_the_weights_that_training_starts_from(data, tmp_path):
    once = {
        "updates": 1,
        "batch": {"tokens": 40},
        "best": {"metric": "loss", "direction": "minimise"},
    }
    translator = tiny_translator()
    train(translator, TrainingConfig.model_validate(once), data, tmp_path / "first", dict)
    learned = [variable.numpy() for variable in translator.trainable_variables]

    seen = []
    again = tiny_translator()
    config = TrainingConfig.model_validate(
        {**once, "init_from": str(tmp_path / "first"), "average": {"over": "ema"}}
    )

    def validate():
        seen.append([variable.numpy() for variable in again.trainable_variables])
        return {}

    train(again, config, data, tmp_path / "second", validate)
    for value, expected in zip(seen[0], learned, strict=True):
        np.testing.assert_array_equal(value, expected)
