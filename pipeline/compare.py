"""``make compare``: the same corpus, several models, one table.

Every model goes through the whole pipeline to a served translator. The data components are
shared through the cache, and the runs are nested in one MLflow run.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from components.by_length import LengthScore
from components.figures import bleu_by_length_chart
from components.tracking import RUN_ID, Run, prepare_store
from foundation.console import say
from foundation.errors import UserError
from pipeline.history import newest_output
from pipeline.paths import MLFLOW, Paths
from pipeline.read_config import read_config

VARIANTS = {
    "GRU, additive attention": "",
    "LSTM, general attention": "model.cell=lstm model.attention=general",
    "GRU, no attention": "model.attention=none",
    "simple RNN, additive attention": "model.cell=simple",
    "Transformer": (
        "model.family=transformer model.units=128 model.transformer.layers=2 "
        "model.transformer.feed_forward=512"
    ),
}
_HEADER = "| model | BLEU | chrF | parameters | training |\n|---|---|---|---|---|"


class Outcome(NamedTuple):
    """What became of one variant; seconds of training, scores in points."""

    model: str
    bleu: float
    chrf: float
    parameters: int
    seconds: float
    run_id: str
    by_length: list[LengthScore]

    def row(self) -> str:
        """A row of the table in Markdown."""
        minutes, seconds = divmod(round(self.seconds), 60)
        return (
            f"| {self.model} | {self.bleu:.1f} | {self.chrf:.1f} | "
            f"{self.parameters / 1e6:.2f} M | {minutes} min {seconds} s |"
        )


def compare(config_file: Path, settings: str) -> None:
    """Run every variant of a configuration and print the table.

    Args:
        config_file: what all variants share
        settings: ``key=value …`` for all of them

    Raises:
        UserError: a variant's run failed; its log says why.
    """
    config = read_config(config_file, settings)
    name = f"{config.name}-compare"
    paths = Paths.of(name, config.serving.model_name)
    prepare_store(MLFLOW)
    with Run.begin(name, "comparison") as parent:
        outcomes = []
        for model, change in VARIANTS.items():
            say(f"\n{model}")
            # A comparison serves every model, whether it beats the one before or not.
            _run(
                config_file,
                f"{settings} {change} name={name} evaluation.margin=-100 evaluation.floor=0",
            )
            outcomes.append(_outcome(model, paths))
            parent.client.set_tag(outcomes[-1].run_id, "mlflow.parentRunId", parent.id)
        table = "\n".join([_HEADER, *(outcome.row() for outcome in outcomes)])
        parent.log_text("comparison.md", table)
        parent.log_table("comparison.json", _columns(outcomes))
        models = {outcome.model: outcome.by_length for outcome in outcomes}
        parent.log_figure("by-length.png", bleu_by_length_chart(models))
        scores = {model: [s._asdict() for s in found] for model, found in models.items()}
        parent.log_json("by-length.json", scores)
    say(f"\n{table}")


def _run(config_file: Path, settings: str) -> None:
    command = [sys.executable, "-m", "pipeline", "run", "--config", str(config_file)]
    done = subprocess.run([*command, "--set", settings], check=False)
    if done.returncode:
        raise UserError(f"the run with {settings} ended with {done.returncode}: see its log.")


def _outcome(model: str, paths: Paths) -> Outcome:
    evaluation = newest_output(paths.metadata, "TranslationEvaluator", "evaluation")
    trained = newest_output(paths.metadata, "Trainer", "model").properties
    scores = json.loads(Path(evaluation.uri, "evaluation.json").read_text())
    return Outcome(
        model=model,
        bleu=scores["bleu"],
        chrf=scores["chrf"],
        parameters=int(trained["parameters"]),
        seconds=float(trained["seconds"]),
        run_id=str(trained[RUN_ID]),
        by_length=[LengthScore(**score) for score in scores["by_length"]],
    )


def _columns(outcomes: list[Outcome]) -> dict[str, list]:
    names = [name for name in Outcome._fields if name != "by_length"]
    return {name: [getattr(o, name) for o in outcomes] for name in names}
