"""Pictures of the gradient's way back through time."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from components.figures.page import COLOURS, DECADES, INK, PAPER, positive, style


def decay_panels(
    panels: Mapping[str, Mapping[str, np.ndarray]],
    title: str = "",
    quantity: str = "‖∂L/∂h‖, relative to the last step",
    dark: bool = False,
) -> Figure:
    """A small picture for each network, all on the same axes with a logarithmic height.

    Args:
        panels: by network, lines by name, [D] each over the distance 0, 1, …; NaN where there is
            nothing. One called "bound" is dashed.
        title: above the picture.
        quantity: what the height is.
        dark: for a dark page.
    """
    paper, ink = PAPER[dark], INK[dark]
    columns = min(4, len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure((2.3 * columns + 0.7, 2.1 * rows + 1.0), layout="constrained", facecolor=paper)
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    names = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    for axes, (network, lines) in zip(grid, panels.items(), strict=False):
        _panel(axes, lines, {name: _line(name, i, dark) for i, name in enumerate(names)}, dark)
        axes.set_title(network, fontsize=10, color=ink)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    for axes in grid[max(0, len(panels) - columns) : len(panels)]:
        axes.set_xlabel("steps back", color=ink)
        axes.tick_params(labelbottom=True)
    handles = [Line2D([], [], **_line(name, i, dark)) for i, name in enumerate(names)]
    figure.legend(
        handles, names, frameon=False, labelcolor=ink, ncols=len(names), loc="outside lower center"
    )
    figure.suptitle(title, color=ink)
    figure.supylabel(quantity, color=ink, fontsize=10)
    return figure


def _panel(
    axes: Axes, lines: Mapping[str, np.ndarray], styles: Mapping[str, dict], dark: bool
) -> None:
    style(axes, dark)
    for name, values in lines.items():
        axes.plot(positive(values), **styles[name])
    axes.set_yscale("log")
    axes.set_ylim(10.0**-DECADES, 1e3)
    axes.set_yticks([10.0**power for power in range(-DECADES, 4, 2)])
    axes.grid(alpha=0.25, color=INK[dark], linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _line(name: str, i: int, dark: bool) -> dict:
    if name == "bound":
        return {"color": INK[dark], "linestyle": "--", "linewidth": 1.4, "zorder": 3}
    colours = ("#56B4E9", "#E69F00") if dark else COLOURS
    return {"color": colours[i % len(colours)], "linestyle": ("-", "-.")[i % 2], "linewidth": 1.8}
