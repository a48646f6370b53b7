"""``make lens``: which recurrent network carries a gradient how far, and learns from it."""

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from components.figures import decay_panels
from components.tracking import Run, prepare_store
from foundation.console import say
from models.lens.experiment import REMEDIES, Outcome, Remedy, run
from models.lens.hidden_gradients import half_life
from models.lens.problems import ADDING, COPYING, Problem
from pipeline.paths import MLFLOW

# By length: the most updates, the same for every network. Long sequences cost more each, and all
# of it is to end within ten minutes on four cores.
_BUDGETS = {25: 2000, 100: 4000, 400: 2500}
_QUICK = {25: 20, 100: 5}
_PROBLEMS = (ADDING, COPYING)
_ROW = "{:<20} {:>12} {:>12} {:>12} {:>8}  {}"


class Training(NamedTuple):
    """One cell of the comparison."""

    problem: Problem
    steps: int
    budget: int
    remedy: Remedy

    @property
    def title(self) -> str:
        return f"{self.problem.name}, T {self.steps}, {self.remedy.name}"


def compare_networks(pictures: Path, quick: bool = False) -> None:
    """Train every network on both problems at every length; print, log and draw the comparison.

    Args:
        pictures: the folder that receives the PNGs and the measurements as JSON
        quick: few updates, to see that it runs
    """
    prepare_store(MLFLOW)
    pictures.mkdir(parents=True, exist_ok=True)
    budgets = _QUICK if quick else _BUDGETS
    trainings = [
        Training(problem, steps, budget, remedy)
        for problem in _PROBLEMS
        for steps, budget in budgets.items()
        for remedy in REMEDIES
    ]
    say(f"{len(trainings)} trainings, one on each core, the longest first")
    began = time.monotonic()
    outcomes: dict[Training, Outcome] = {}
    with Run.begin("gradient lens", "adding and copying") as parent:
        for training, outcome in _run_all(trainings):
            outcomes[training] = outcome
            say(f"{len(outcomes):>3}/{len(trainings)}  {training.title}: {_verdict(outcome)}")
            _log(parent, training, outcome)
        for problem in _PROBLEMS:
            for steps, budget in budgets.items():
                row = {
                    training.remedy.name: outcomes[training]
                    for training in trainings
                    if (training.problem.name, training.steps) == (problem.name, steps)
                }
                _print(problem, steps, budget, row)
                _draw(parent, problem, steps, row, pictures)
    say(f"\n{time.monotonic() - began:.0f} s; pictures in {pictures}; make ui shows the runs")


def _run_all(trainings: list[Training]) -> Iterator[tuple[Training, Outcome]]:
    """All trainings, in the order in which they end: one on each core, the longest first.

    A network this small does not fill more than one core.
    """
    with ProcessPoolExecutor(
        min(len(trainings), os.cpu_count() or 1),
        multiprocessing.get_context("spawn"),
        initializer=_one_thread,
    ) as pool:
        longest_first = sorted(trainings, key=lambda each: -each.steps * each.budget)
        running = {
            pool.submit(run, each.remedy, each.problem, each.steps, each.budget): each
            for each in longest_first
        }
        for ended in as_completed(running):
            yield running[ended], ended.result()


def _one_thread() -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def _print(problem: Problem, steps: int, budget: int, outcomes: dict[str, Outcome]) -> None:
    """The table of one problem at one length."""
    say(
        f"\n{problem.name.capitalize()} problem, T = {steps}, at most {budget} updates; "
        f"guessing has an error of {problem.guessing:.3f}, solved is below {problem.solved:.3f}"
    )
    say(_ROW.format("network", "half-life", "trained", "bound", "error", "solved"))
    for name, outcome in outcomes.items():
        error = f"{outcome.error:.4f}"
        say(_ROW.format(name, *_half_lives(outcome).values(), error, _verdict(outcome)))


def _log(parent: Run, training: Training, outcome: Outcome) -> None:
    """A nested run."""
    with Run.begin("gradient lens", training.title, parent.id) as nested:
        nested.log_params(
            training.remedy._asdict()
            | {"problem": training.problem.name, "steps": training.steps}
            | {"budget": training.budget}
            | _half_lives(outcome)
        )
        metrics = {"error": outcome.error, "solved": outcome.solved, "updates": outcome.updates}
        nested.log_metrics(metrics)
        nested.log_json("gradient.json", _plain(_norms(outcome)))


def _draw(
    parent: Run, problem: Problem, steps: int, outcomes: dict[str, Outcome], folder: Path
) -> None:
    """The gradients of all networks, as pictures and as numbers."""
    title = f"{problem.name.capitalize()} problem, T = {steps}"
    data = {name: _plain(_norms(outcome)) for name, outcome in outcomes.items()}
    lines = {name: _relative(outcome) for name, outcome in outcomes.items()}
    (folder / f"{problem.name}-{steps}.json").write_text(json.dumps(data))
    for theme in ("light", "dark"):
        figure = decay_panels(lines, title, dark=theme == "dark")
        name = f"{problem.name}-{steps}-{theme}.png"
        figure.savefig(folder / name, dpi=100)
        parent.log_figure(f"pictures/{name}", figure)


def _norms(outcome: Outcome) -> dict[str, np.ndarray]:
    """‖∂L/∂h_t‖ by distance before and after training, and the bound on the untrained one."""
    norms = {"untrained": outcome.before.norms, "trained": outcome.after.norms}
    return norms if outcome.bound is None else norms | {"bound": outcome.bound}


def _relative(outcome: Outcome) -> dict[str, np.ndarray]:
    """The same relative to the last step."""
    untrained, trained = outcome.before.norms[0], outcome.after.norms[0]
    return {
        name: norms / (trained if name == "trained" else untrained)
        for name, norms in _norms(outcome).items()
    }


def _plain(norms: dict[str, np.ndarray]) -> dict[str, list[float | None]]:
    """As JSON can hold it, which knows no NaN."""
    return {
        name: [float(each) if np.isfinite(each) else None for each in values]
        for name, values in norms.items()
    }


def _half_lives(outcome: Outcome) -> dict[str, str]:
    bounded = None if outcome.alpha is None else half_life(np.array([1.0, outcome.alpha]))
    return {
        "half_life": _steps(outcome.before.half_life),
        "half_life_trained": _steps(outcome.after.half_life),
        "bound": "-" if bounded is None else _steps(bounded),
    }


def _verdict(outcome: Outcome) -> str:
    return f"{'yes, after' if outcome.solved else 'not within'} {outcome.updates} updates"


def _steps(half_life: float) -> str:
    """A half-life as people read it: a growing gradient doubles, and is marked so."""
    if half_life == 0:
        return "lost"
    if abs(half_life) > 1e6:
        return "stays"
    return f"doubles {-half_life:.1f}" if half_life < 0 else f"{half_life:.1f}"
