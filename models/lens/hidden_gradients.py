"""‖∂L/∂h_t‖ by the distance from the loss."""

from typing import NamedTuple

import numpy as np


class Profile(NamedTuple):
    """The gradient's size at each distance from the end of the recurrence.

    norms: [D] the mean of ‖∂L/∂h_t‖₂ over real tokens. tokens: [D] how many were averaged.
    """

    norms: np.ndarray
    tokens: np.ndarray


def by_distance(gradients: np.ndarray, mask: np.ndarray, reverse: bool = False) -> Profile:
    """Align the gradients of a batch at the step that is nearest to the loss.

    Distance 0 is the recurrence's last real step: a sentence's last token, or its first one for a
    recurrence in reverse.

    Args:
        gradients: ∂L/∂h_t, [B, T, H].
        mask: [B, T] boolean, True = real token, padded on the right.
        reverse: whether the recurrence ran from the last token to the first.

    Returns:
        A Profile up to the longest sentence's first step.
    """
    positions = np.arange(mask.shape[1])[np.newaxis]
    lengths = mask.sum(axis=1, keepdims=True)
    distances = np.broadcast_to(positions if reverse else lengths - 1 - positions, mask.shape)[mask]
    norms = np.linalg.norm(np.asarray(gradients, np.float64), axis=-1)[mask]
    tokens = np.bincount(distances)
    return Profile(np.bincount(distances, weights=norms) / tokens, tokens)


def half_life(norms: np.ndarray, distances: np.ndarray | None = None) -> float:
    """The steps in which a norm halves: from a line through log₂ of the norms.

    Args:
        norms: [D]; from the first that is zero or not finite on they are left out.
        distances: [D] of the norms; 0, 1, … if None.

    Returns:
        Steps; negative when the norm grows (it doubles in that many steps), infinite when it
        stays, 0 when nothing is left after the first step.

    Raises:
        ValueError: for fewer than two norms.
    """
    if len(norms) < 2:
        raise ValueError("a half-life needs the norms at two distances")
    distances = np.arange(len(norms)) if distances is None else np.asarray(distances)
    usable = np.isfinite(norms) & (np.asarray(norms) > 0)
    kept = len(norms) if usable.all() else int(np.argmin(usable))
    if kept < 2:
        return 0.0
    slope = np.polyfit(distances[:kept], np.log2(norms[:kept]), 1)[0]
    return float("inf") if abs(slope) < 1e-9 else float(-1 / slope)
