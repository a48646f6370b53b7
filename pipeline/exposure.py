"""``make exposure``: four objectives on one corpus, and what each does to exposure bias.

Cross-entropy and scheduled sampling train from scratch; the two estimators of reinforcement
learning go on from the model of cross-entropy, for a few hundred updates.
"""

from pathlib import Path
from typing import NamedTuple

import mlflow
import numpy as np

from components.figures import ExposureView, exposure_chart
from components.tracking import Run, prepare_store
from components.training.exposure_report import DATA
from foundation.console import say
from pipeline.paths import MLFLOW, Paths
from pipeline.read_config import read_config
from pipeline.variants import Outcome, run_variant

# The sampled translations of an update cost as much as a few updates of cross-entropy.
_FINE = (
    "training.init_from={checkpoints} training.updates=400 training.validate_every=100 "
    "training.schedule.kind=constant training.schedule.warm_up=0 "
    "training.optimiser.learning_rate=0.0001 training.objective.cross_entropy=0.3 "
)
OBJECTIVES = {
    "cross-entropy": "",
    "scheduled sampling": (
        "training.objective.kind=scheduled_sampling training.objective.steps=1000 "
        "training.objective.floor=0.5"
    ),
    "REINFORCE": _FINE + "training.objective.kind=reinforce training.objective.samples=2",
    "minimum risk": _FINE + "training.objective.kind=minimum_risk training.objective.samples=5",
}
_HEADER = (
    "| objective | BLEU | chrF | after the reference's prefix | after its own | exposure bias | "
    "training |\n|---|---|---|---|---|---|---|"
)


class Measured(NamedTuple):
    """A trained model and its exposure; shares of right ids."""

    outcome: Outcome
    exposure: ExposureView

    def row(self) -> str:
        """A row of the table in Markdown."""
        forced, free = (
            100 * np.average(shares, weights=self.exposure.tokens)
            for shares in (self.exposure.forced, self.exposure.free)
        )
        return (
            f"| {self.outcome.model} | {self.outcome.bleu:.1f} | {self.outcome.chrf:.1f} | "
            f"{forced:.1f}% | {free:.1f}% | {forced - free:.1f} | {self.outcome.clock} |"
        )


def compare_objectives(config_file: Path, settings: str, pictures: Path) -> None:
    """Train with every objective, print the table, draw the figure.

    Args:
        config_file: what all of them share
        settings: ``key=value …`` for all of them
        pictures: the folder that receives the figure for light and dark pages

    Raises:
        UserError: a run failed; its log says why.
    """
    config = read_config(config_file, settings)
    name = f"{config.name}-exposure"
    paths = Paths.of(name, config.serving.model_name)
    prepare_store(MLFLOW)
    pictures.mkdir(parents=True, exist_ok=True)
    measured: list[Measured] = []
    with Run.begin(name, "objectives") as parent:
        for objective, change in OBJECTIVES.items():
            say(f"\n{objective}")
            start = measured[0].outcome.checkpoints if measured else ""
            change = change.format(checkpoints=start)
            outcome = run_variant(objective, config_file, f"{settings} {change} name={name}", paths)
            measured.append(Measured(outcome, _exposure(outcome.run_id)))
            parent.client.set_tag(outcome.run_id, "mlflow.parentRunId", parent.id)
        table = "\n".join([_HEADER, *(each.row() for each in measured)])
        parent.log_text("objectives.md", table)
        views = {each.outcome.model: each.exposure for each in measured}
        for theme in ("light", "dark"):
            figure = exposure_chart(views, theme == "dark")
            figure.savefig(pictures / f"exposure-{theme}.png", dpi=90)
            parent.log_figure(f"exposure-{theme}.png", figure)
    say(f"\n{table}\n\npictures in {pictures}; make ui shows the runs")


def _exposure(run_id: str) -> ExposureView:
    found = mlflow.artifacts.load_dict(f"runs:/{run_id}/{DATA}")
    return ExposureView(*(np.array(found[name]) for name in ExposureView._fields))
