"""What the loop tells its listeners, and when."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from models.training.batches import Survey


class StartReport(NamedTuple):
    """Training begins, or goes on after ``step`` updates when ``resumed``."""

    step: int
    epoch: int
    epochs: int
    resumed: bool
    survey: Survey


class StepReport(NamedTuple):
    """The updates since the last report.

    step: updates so far. epoch: from 0. pairs: of this epoch, so far.
    loss: nats for a target token. accuracy: share of target tokens, by argmax.
    gradient_norm: mean of the global norms before clipping. clipped: share of updates.
    padding: share of padding in the batches. tokens_per_second: target tokens, padding left out.
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


class Listener:
    """Override what you want to hear of; every method may do nothing."""

    def started(self, report: StartReport) -> None:
        """Before the first update."""

    def stepped(self, report: StepReport) -> None:
        """Every few updates."""

    def validated(self, report: ValidationReport) -> None:
        """After each validation."""

    def saved(self, report: CheckpointReport) -> None:
        """After each checkpoint."""

    def ended(self) -> None:
        """After the last update, also when training is interrupted."""
