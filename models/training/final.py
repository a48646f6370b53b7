"""Which weights a training ends with."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from models.training.averaging import mean
from models.training.checkpoints import Checkpoint, Checkpoints, restore
from models.training.config import TrainingConfig
from models.training.progress import Progress, is_better
from models.training.reports import AverageReport


class Final(NamedTuple):
    """A few words on whose weights they are, and the measured mean of checkpoints, if any."""

    weights: str
    report: AverageReport | None


def final_weights(
    checkpoints: Checkpoints,
    progress: Progress,
    config: TrainingConfig,
    measure: Callable[[], dict[str, float]],
    variables: Mapping[str, Any],
) -> Final:
    """Give the variables the best checkpoint's weights, or a better mean of checkpoints."""
    if not progress.leaders:
        return Final(f"those after update {progress.step}", None)
    best = checkpoints.best([progress.best_step])[0]
    parts = _parts(checkpoints, progress, config)
    if parts:
        restore(mean(parts), variables)
        metrics = measure()
        better = is_better(metrics[config.best.metric], progress.best, config)
        steps = sorted(part.progress["step"] for part in parts)
        report = AverageReport(steps, metrics, better)
        if better:
            return Final(f"the mean of updates {', '.join(map(str, steps))}", report)
        restore(best, variables)
        return Final(f"those after update {progress.best_step}", report)
    restore(best, variables)
    if config.average.over == "ema":
        return Final(f"the moving average at update {progress.best_step}", None)
    return Final(f"those after update {progress.best_step}", None)


def _parts(
    checkpoints: Checkpoints, progress: Progress, config: TrainingConfig
) -> list[Checkpoint]:
    """The checkpoints to average; none where that is not wanted, or there is only one."""
    if config.average.over == "last":
        found = checkpoints.last(config.average.checkpoints)
    elif config.average.over == "best":
        found = checkpoints.best([step for step, _ in progress.leaders])
    else:
        found = []
    return found if len(found) > 1 else []
