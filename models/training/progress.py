"""How far a training has come: what a checkpoint holds beside the variables."""

import math
from dataclasses import asdict, dataclass, field

from models.training.config import TrainingConfig


@dataclass
class Progress:
    """The position in the data, what was best, and what depends on it.

    step: updates. batch, pairs: of the current epoch.
    leaders: the best validations as [step, value], best first; more than one where the best
        checkpoints are averaged.
    stale: validations since the last better one, for early stopping. waited: the same for the
        schedule, which starts again after each plateau. plateau: what the plateaus have left of
        the learning rate.
    skipped: updates that were not finite. broken: those of them in a row, up to now.
    sums: what the next report is made of.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    pairs: int = 0
    leaders: list[list] = field(default_factory=list)
    stale: int = 0
    waited: int = 0
    plateau: float = 1.0
    skipped: int = 0
    broken: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    @property
    def best(self) -> float:
        """The best metric so far; NaN before the first."""
        return self.leaders[0][1] if self.leaders else math.nan

    @property
    def best_step(self) -> int:
        """Where it was seen."""
        return self.leaders[0][0] if self.leaders else 0

    def next_epoch(self) -> None:
        """An epoch has ended."""
        self.epoch += 1
        self.batch = self.pairs = 0

    def is_finished(self, config: TrainingConfig) -> bool:
        """Whether the last epoch or update is over, or patience."""
        impatient = config.patience is not None and self.stale >= config.patience
        return impatient or self.epoch >= config.epochs or self.is_last_update(config)

    def is_last_update(self, config: TrainingConfig) -> bool:
        """Whether as many updates are made as there may be."""
        return config.updates is not None and self.step >= config.updates

    def judge(self, value: float, config: TrainingConfig) -> bool:
        """Note a validation's deciding metric; return whether it is the best so far.

        A NaN is never among the best.
        """
        is_best = not math.isnan(value) and (
            not self.leaders or is_better(value, self.best, config)
        )
        if not math.isnan(value):
            maximise = config.best.direction == "maximise"
            # Of equal values the earlier stays ahead: sorting is stable.
            self.leaders = sorted(
                [*self.leaders, [self.step, value]],
                key=lambda leader: -leader[1] if maximise else leader[1],
            )[: leader_count(config)]
        self.stale = 0 if is_best else self.stale + 1
        self.waited = 0 if is_best else self.waited + 1
        if config.schedule.kind == "plateau" and self.waited >= config.schedule.patience:
            self.waited = 0
            self.plateau = max(config.schedule.floor, self.plateau * config.schedule.factor)
        return is_best

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


def is_better(value: float, than: float, config: TrainingConfig) -> bool:
    """Whether the deciding metric is better than another one, in its direction."""
    return value > than if config.best.direction == "maximise" else value < than


def leader_count(config: TrainingConfig) -> int:
    """How many of the best checkpoints are kept."""
    return config.average.checkpoints if config.average.over == "best" else 1
