"""How far a training has come: what a checkpoint holds beside the variables."""

import math
from dataclasses import asdict, dataclass

from models.training.config import TrainingConfig


@dataclass
class Progress:
    """step: updates. batch, pairs: of the current epoch. stale: validations without a better one.

    best is NaN before the first validation.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    pairs: int = 0
    best: float = math.nan
    best_step: int = 0
    stale: int = 0
    finished: bool = False

    def advance(self, pairs: int) -> None:
        """One update on a batch of so many pairs."""
        self.step += 1
        self.batch += 1
        self.pairs += pairs

    def next_epoch(self, config: TrainingConfig) -> None:
        """An epoch has ended."""
        self.epoch += 1
        self.batch = self.pairs = 0
        self.finished = self.epoch >= config.epochs

    def judge(self, value: float, config: TrainingConfig) -> bool:
        """Note a validation's deciding metric; return whether it is the best so far."""
        maximise = config.best.direction == "maximise"
        better = value > self.best if maximise else value < self.best
        # NaN compares false with everything: the first value is the best, a NaN never is.
        is_best = better or (math.isnan(self.best) and not math.isnan(value))
        if is_best:
            self.best, self.best_step, self.stale = value, self.step, 0
        else:
            self.stale += 1
            if config.patience is not None and self.stale >= config.patience:
                self.finished = True
        return is_best

    def as_dict(self) -> dict:
        """For JSON."""
        return asdict(self)
