"""Units that no longer pass a gradient."""

import numpy as np

_SATURATED = 0.99


def saturated_share(hidden: np.ndarray, mask: np.ndarray) -> float:
    """The share of |h| > 0.99 among the units of real tokens.

    Args:
        hidden: h_t of a squashing cell, [B, T, H].
        mask: [B, T] boolean, True = real token.
    """
    return float((np.abs(hidden[mask]) > _SATURATED).mean())


def dead_share(hidden: np.ndarray, mask: np.ndarray) -> float:
    """The share of rectified units that are zero at every real token.

    Args:
        hidden: h_t of a ReLU cell, [B, T, H].
        mask: [B, T] boolean, True = real token.
    """
    return float((hidden[mask] <= 0).all(axis=0).mean())
