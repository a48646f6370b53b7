"""``make lens``: which recurrent network carries a gradient how far, and learns from it."""

import time
from pathlib import Path

import numpy as np

from components.figures import decay_lines
from components.tracking import Run, prepare_store
from foundation.console import say
from models.lens.experiment import REMEDIES, Outcome, Remedy, run
from pipeline.paths import MLFLOW

# By length: updates. Long sequences cost more each, and all of it is to end within ten minutes.
_UPDATES = {25: 600, 100: 300, 400: 60}
_QUICK = {25: 20, 100: 5}
_PROBLEMS = ("adding", "copying")
_ROW = "{:<20} {:>8} {:>5} {:>12} {:>12} {:>12} {:>9} {:>7}"


def compare_networks(pictures: Path, quick: bool = False) -> None:
    """Run every network on both problems at every length; print, log and draw the comparison.

    Args:
        pictures: the folder that receives the PNGs
        quick: few updates, to see that it runs
    """
    prepare_store(MLFLOW)
    pictures.mkdir(parents=True, exist_ok=True)
    say(_ROW.format("network", "problem", "T", "half-life", "trained", "bound", "loss", "solved"))
    began = time.monotonic()
    with Run.begin("gradient lens", "adding and copying") as parent:
        for problem in _PROBLEMS:
            for steps, updates in (_QUICK if quick else _UPDATES).items():
                outcomes = {
                    remedy.name: _compare(parent, remedy, problem, steps, updates)
                    for remedy in REMEDIES
                }
                _draw(parent, outcomes, problem, steps, pictures)
    say(f"{time.monotonic() - began:.0f} s; pictures in {pictures}; make ui shows the runs")


def _compare(parent: Run, remedy: Remedy, problem: str, steps: int, updates: int) -> Outcome:
    """One network on one problem, as a nested run and a row of the table."""
    outcome = run(remedy, problem, steps, updates)
    bound = "-" if outcome.bound is None else _steps(outcome.bound)
    solved = "yes" if outcome.solved else "no"
    half_life = _steps(outcome.half_life)
    trained = _steps(outcome.trained)
    row = (remedy.name, problem, steps, half_life, trained, bound, f"{outcome.loss:.4f}", solved)
    say(_ROW.format(*row))
    with Run.begin("gradient lens", f"{remedy.name}, {problem}, T {steps}", parent.id) as nested:
        about = {"problem": problem, "steps": steps, "updates": updates}
        decay = {"half_life": half_life, "half_life_trained": trained, "bound": bound}
        nested.log_params(remedy._asdict() | about | decay)
        nested.log_metrics({"loss": outcome.loss, "solved": outcome.solved})
        nested.log_json("gradient.json", {"norm_by_distance": outcome.norms.tolist()})
    return outcome


def _draw(parent: Run, outcomes: dict[str, Outcome], problem: str, steps: int, to: Path) -> None:
    """The gradients of all networks, each relative to its own at the last step."""
    lines = {name: outcome.norms / outcome.norms[0] for name, outcome in outcomes.items()}
    title = f"{problem.capitalize()} problem, T = {steps}, before training"
    for theme in ("light", "dark"):
        figure = decay_lines(lines, np.arange(steps), title=title, dark=theme == "dark")
        name = f"{problem}-{steps}-{theme}.png"
        figure.savefig(to / name, dpi=100)
        parent.log_figure(f"pictures/{name}", figure)


def _steps(half_life: float) -> str:
    """A half-life as people read it: a growing gradient doubles, and is marked so."""
    if abs(half_life) > 1e6:
        return "stays"
    return f"doubles {-half_life:.1f}" if half_life < 0 else f"{half_life:.1f}"
