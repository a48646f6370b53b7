"""Exposure bias, position by position."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from components.figures.page import COLOURS, INK, PAPER, style

# Positions that fewer references reach are left out: their shares are chance.
_FEW = 20


class ExposureView(NamedTuple):
    """Shares of right ids by target position [T], and how many references are that long [T]."""

    forced: np.ndarray
    free: np.ndarray
    tokens: np.ndarray


def exposure_chart(models: Mapping[str, ExposureView], dark: bool = False) -> Figure:
    """A panel for each model: accuracy after the reference's prefix and after its own.

    Args:
        models: by name, from left to right
        dark: for a dark page
    """
    size = (4.2 * len(models) + 0.6, 3.6)
    figure = Figure(figsize=size, layout="constrained", facecolor=PAPER[dark])
    FigureCanvasAgg(figure)
    grid = figure.subplots(1, len(models), sharey=True, sharex=True, squeeze=False)[0]
    for axes, (name, view) in zip(grid, models.items(), strict=True):
        _panel(axes, view, dark)
        axes.set_title(name)
        style(axes, dark)
    grid[0].set_ylabel("accuracy", color=INK[dark])
    grid[0].legend(frameon=False, labelcolor=INK[dark], loc="lower left", fontsize="small")
    return figure


def _panel(axes: Axes, view: ExposureView, dark: bool) -> None:
    often = view.tokens >= min(_FEW, view.tokens.max())
    positions = np.arange(1, len(view.tokens) + 1)[often]
    forced, free = view.forced[often], view.free[often]
    axes.fill_between(positions, free, forced, color=COLOURS[4], alpha=0.3, label="exposure bias")
    axes.plot(positions, forced, "o-", markersize=3, color=COLOURS[0], label="reference's prefix")
    axes.plot(positions, free, "s-", markersize=3, color=COLOURS[1], label="its own prefix")
    axes.set(xlabel="target position", ylim=(0, 1.02))
    axes.grid(alpha=0.25, color=INK[dark], linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
