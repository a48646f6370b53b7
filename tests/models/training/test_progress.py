"""Best-so-far, early stopping and plateaus, each by the metric's direction and on its own."""

import math

import pytest

from models.training.config import TrainingConfig
from models.training.progress import Progress


def config(**keys):
    return TrainingConfig.model_validate({"best": {"metric": "m"}, **keys})


def judge(values, config):
    """Judge values at steps 1, 2, …; the progress and which were the best so far."""
    progress, bests = Progress(), []
    for value in values:
        progress.step += 1
        bests.append(progress.judge(value, config))
    return progress, bests


@pytest.mark.parametrize(
    ("direction", "bests"),
    [("maximise", [True, False, True, False]), ("minimise", [True, True, False, False])],
)
def test_the_direction(direction, bests):
    chosen = config(best={"metric": "m", "direction": direction})
    assert judge([2.0, 1.0, 3.0, 3.0], chosen)[1] == bests


def test_nan_is_never_the_best():
    progress, bests = judge([math.nan, 1.0, math.nan], config())
    assert bests == [False, True, False]
    assert progress.best == 1.0 and progress.best_step == 2


def test_the_best_n_are_remembered_in_order():
    chosen = config(average={"over": "best", "checkpoints": 3})
    progress, _ = judge([5.0, 1.0, 7.0, 6.0, 6.0], chosen)
    assert progress.leaders == [[3, 7.0], [4, 6.0], [5, 6.0]]


def test_patience_counts_validations_without_a_better_one():
    chosen = config(patience=2)
    assert not judge([1.0, 0.5, 2.0, 0.5], chosen)[0].is_finished(chosen)
    assert judge([1.0, 0.5, 2.0, 0.5, 2.0], chosen)[0].is_finished(chosen)


def test_plateaus_lower_the_step_and_do_not_stop():
    chosen = config(schedule={"kind": "plateau", "patience": 2, "factor": 0.5, "floor": 0.2})
    progress, _ = judge([1.0, 0.0, 0.0], chosen)
    assert progress.plateau == 0.5
    progress, _ = judge([1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0], chosen)
    assert progress.plateau == 0.25
    progress, _ = judge([1.0] + [0.0] * 10, chosen)
    assert progress.plateau == 0.2 and progress.stale == 10
    assert not progress.is_finished(chosen)


def test_the_last_epoch_ends_it():
    progress = Progress(epoch=1, batch=7)
    progress.next_epoch()
    assert progress.batch == 0 and progress.is_finished(config(epochs=2))
