"""Several models of one configuration, each taken through the whole pipeline in turn.

The data components are shared through the cache.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from components.by_length import LengthScore
from components.tracking import RUN_ID
from components.trainer import CHECKPOINTS
from foundation.errors import UserError
from pipeline.history import newest_output
from pipeline.paths import Paths


class Outcome(NamedTuple):
    """What became of one variant.

    bleu, chrf: of the test split, in points. seconds: of training. checkpoints: their folder.
    """

    model: str
    bleu: float
    chrf: float
    parameters: int
    seconds: float
    run_id: str
    checkpoints: str
    by_length: list[LengthScore]

    @property
    def clock(self) -> str:
        """The time of training for people."""
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"{minutes} min {seconds} s"


def run_variant(model: str, config_file: Path, settings: str, paths: Paths) -> Outcome:
    """Train, evaluate and serve one variant, whether it beats the one before or not.

    Args:
        model: its name
        config_file: what all variants share
        settings: ``key=value …`` on top of it, the pipeline's name among them
        paths: of the pipeline of that name

    Raises:
        UserError: the run failed; its log says why.
    """
    command = [sys.executable, "-m", "pipeline", "run", "--config", str(config_file)]
    settings = f"{settings} evaluation.margin=-100 evaluation.floor=0"
    done = subprocess.run([*command, "--set", settings], check=False)
    if done.returncode:
        raise UserError(f"the run with {settings} ended with {done.returncode}: see its log.")
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
        checkpoints=str(trained[CHECKPOINTS]),
        by_length=[LengthScore(**score) for score in scores["by_length"]],
    )
