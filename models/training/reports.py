"""What the loop tells its listeners, and when."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.training.batches import Survey
from models.training.updates import Change


class StartReport(NamedTuple):
    """Training begins, or goes on after ``step`` updates when ``resumed``.

    broken: newer checkpoints that could not be read, and were passed over.
    """

    step: int
    epoch: int
    epochs: int
    resumed: bool
    survey: Survey
    broken: Sequence[Path] = ()


class StepReport(NamedTuple):
    """The updates since the last report.

    step: updates so far. epoch: from 0. pairs: of this epoch, so far.
    loss: nats for a target token. accuracy: share of target tokens, by argmax.
    gradient_norm: mean of the global norms before clipping. clipped: share of updates.
    padding: share of padding on both sides. tokens_per_second: target tokens, padding left out.
    skipped: updates that were not finite. objective: means over sentences of what the objective
        measures, such as teacher_forcing (the probability), reward, baseline.
    """

    step: int
    epoch: int
    pairs: int
    loss: float
    accuracy: float
    gradient_norm: float
    clipped: float
    padding: float
    learning_rate: float
    tokens_per_second: float
    skipped: int
    objective: Mapping[str, float]


class LookReport(NamedTuple):
    """What one update showed while it was made.

    source_ids, target_ids: of its first batch, [B, S] and [B, T].
    gradients: of that batch's summed loss by h_t, [B, S, H] or [B, T, H] by the probe's name;
        empty without recurrence, and with an objective other than cross-entropy in one piece.
    changes: of every variable, by its path.
    kept: of each update since the last look, the share of the gradient that clipping left.
    """

    step: int
    source_ids: np.ndarray
    target_ids: np.ndarray
    gradients: Mapping[str, np.ndarray]
    changes: Mapping[str, Change]
    kept: Sequence[float]


class SkipReport(NamedTuple):
    """An update was left out: ``variable`` got a gradient that is not finite."""

    step: int
    variable: str


class ValidationReport(NamedTuple):
    """The metrics of one validation; ``is_best`` by the configured metric."""

    step: int
    epoch: int
    metrics: Mapping[str, float]
    is_best: bool


class CheckpointReport(NamedTuple):
    """A checkpoint has been written."""

    step: int
    path: Path


class AverageReport(NamedTuple):
    """The mean of some checkpoints, measured; ``kept`` if it is better than the best of them."""

    steps: Sequence[int]
    metrics: Mapping[str, float]
    kept: bool


class Listener:
    """Override what you want to hear of; every method may do nothing."""

    def started(self, report: StartReport) -> None:
        """Before the first update."""

    def stepped(self, report: StepReport) -> None:
        """Every few updates."""

    def looked(self, report: LookReport) -> None:
        """After an update that was looked at."""

    def skipped(self, report: SkipReport) -> None:
        """After an update that was not finite."""

    def validated(self, report: ValidationReport) -> None:
        """After each validation."""

    def saved(self, report: CheckpointReport) -> None:
        """After each checkpoint."""

    def averaged(self, report: AverageReport) -> None:
        """After the last update, where checkpoints are averaged."""

    def ended(self) -> None:
        """After the last update, also when training is interrupted."""
