"""The step size over the updates."""

import math

from models.training.config import ScheduleConfig


def scale(config: ScheduleConfig, update: int, plateau: float = 1.0) -> float:
    """The factor on the configured learning rate at an update, counted from 1.

    inverse_square_root is that of Vaswani et al. (2017), section 5.3, scaled to 1 at the end of
    the warm-up; cosine is that of Loshchilov and Hutter (2017) without restarts.

    Args:
        config: the schedule
        update: from 1
        plateau: what the plateaus so far have left of the learning rate
    """
    if update <= config.warm_up:
        return update / config.warm_up
    if config.kind == "inverse_square_root":
        return math.sqrt(max(1, config.warm_up) / update)
    if config.kind == "cosine":
        share = min(1.0, (update - config.warm_up) / max(1, config.steps - config.warm_up))
        return 0.5 * (1 + math.cos(math.pi * share))
    return plateau if config.kind == "plateau" else 1.0
