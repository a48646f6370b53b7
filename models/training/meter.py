"""The sums that reports are made of."""

import time
from collections.abc import Mapping

from models.training.progress import Progress
from models.training.reports import StepReport
from models.training.updates import Applied

# What every objective sums; whatever else it sums is reported as a mean over sentences.
_COMMON = {"loss", "correct", "sentences", "tokens", "ids", "positions"}
_OWN = {"seconds", "updates", "skipped", "norm", "clipped"}


class Meter:
    """Sums over the updates since the last report.

    Args:
        sums: of an interrupted training, to go on with
    """

    def __init__(self, sums: Mapping[str, float]):
        self.sums = dict(sums)
        self._since = time.perf_counter()

    def add(self, applied: Applied) -> None:
        """One more update, made or skipped, and the time it took."""
        now = time.perf_counter()
        made = applied.broken is None
        numbers = {"seconds": now - self._since, "updates": made, "skipped": not made}
        if made:
            numbers |= {"norm": applied.norm, "clipped": applied.kept < 1, **applied.measures}
        for name, value in numbers.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self._since = now

    def pause(self) -> None:
        """What happened since the last update does not count as training time."""
        self._since = time.perf_counter()

    def report(self, progress: Progress, learning_rate: float) -> StepReport:
        """Means since the last report."""
        sums, self.sums = self.sums, {}

        def ratio(name: str, per: str) -> float:
            return sums.get(name, 0.0) / max(sums.get(per, 0.0), 1e-9)

        return StepReport(
            step=progress.step,
            epoch=progress.epoch,
            pairs=progress.pairs,
            loss=ratio("loss", "tokens"),
            accuracy=ratio("correct", "tokens"),
            gradient_norm=ratio("norm", "updates"),
            clipped=ratio("clipped", "updates"),
            padding=1 - ratio("ids", "positions"),
            learning_rate=learning_rate,
            tokens_per_second=ratio("tokens", "seconds"),
            skipped=int(sums.get("skipped", 0)),
            objective={
                name: ratio(name, "sentences") for name in sorted(sums.keys() - _COMMON - _OWN)
            },
        )
