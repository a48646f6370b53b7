"""The step size over the updates."""

import math

from models.training.config import ScheduleConfig


def scale(config: ScheduleConfig, step: int) -> float:
    """The factor on the configured learning rate at an update, counted from 1.

    inverse_square_root is that of Vaswani et al. (2017), section 5.3, scaled to 1 at the end of
    the warm-up.
    """
    if step <= config.warm_up:
        return step / config.warm_up
    if config.kind == "inverse_square_root":
        return math.sqrt(max(1, config.warm_up) / step)
    if config.kind == "cosine":
        share = min(1.0, (step - config.warm_up) / max(1, config.steps - config.warm_up))
        return 0.5 * (1 + math.cos(math.pi * share))
    return 1.0
