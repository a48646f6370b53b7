"""Exposure bias, position by position."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from components.figures.page import COLOURS, INK, PAPER, style

# Positions that fewer references reach are left out: their shares are chance.
_FEW = 20


class ExposureView(NamedTuple):
    """Shares of right ids by target position [T], and how many references are that long [T]."""

    forced: np.ndarray
    free: np.ndarray
    tokens: np.ndarray


def exposure_chart(models: Mapping[str, ExposureView], dark: bool = False) -> Figure:
    """A panel for each model, two in a row: accuracy after the reference's prefix and its own.

    Args:
        models: by name
        dark: for a dark page
    """
    columns = min(2, len(models))
    rows = -(-len(models) // columns)
    size = (4.6 * columns + 0.6, 3.0 * rows + 0.4)
    figure = Figure(figsize=size, layout="constrained", facecolor=PAPER[dark])
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, columns, sharey=True, sharex=True, squeeze=False)
    for axes, (name, view) in zip(grid.flat, models.items(), strict=False):
        _panel(axes, view, dark)
        axes.set_title(name)
        style(axes, dark)
    for axes in grid.flat[len(models) :]:
        axes.remove()
    for axes in grid[-1]:
        axes.set_xlabel("target position", color=INK[dark])
    for axes in grid[:, 0]:
        axes.set_ylabel("accuracy", color=INK[dark])
    grid[0, 0].legend(frameon=False, labelcolor=INK[dark], loc="lower left", fontsize="small")
    return figure


def _panel(axes: Axes, view: ExposureView, dark: bool) -> None:
    often = view.tokens >= min(_FEW, view.tokens.max())
    positions = np.arange(1, len(view.tokens) + 1)[often]
    forced, free = view.forced[often], view.free[often]
    axes.fill_between(positions, free, forced, color=COLOURS[4], alpha=0.3, label="exposure bias")
    axes.plot(positions, forced, "o-", markersize=3, color=COLOURS[0], label="reference's prefix")
    axes.plot(positions, free, "s-", markersize=3, color=COLOURS[1], label="its own prefix")
    axes.set_ylim(0, 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.25, color=INK[dark], linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
