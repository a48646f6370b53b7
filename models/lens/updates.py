"""How far an update moves each variable."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Movement(NamedTuple):
    """gradient: ‖∂L/∂w‖₂. ratio: ‖Δw‖₂ / ‖w‖₂ of one update; about 1e-3 is usual."""

    gradient: float
    ratio: float


def movements(
    gradients: Mapping[str, np.ndarray],
    before: Mapping[str, np.ndarray],
    after: Mapping[str, np.ndarray],
) -> dict[str, Movement]:
    """The movement of every variable, by name.

    A variable that was zero before, such as a new bias, has an infinite ratio if it moved.
    """
    return {name: _movement(gradients[name], before[name], after[name]) for name in gradients}


def _movement(gradient: np.ndarray, before: np.ndarray, after: np.ndarray) -> Movement:
    moved, size = np.linalg.norm(after - before), np.linalg.norm(before)
    ratio = moved / size if size else (float("inf") if moved else 0.0)
    return Movement(float(np.linalg.norm(gradient)), float(ratio))
