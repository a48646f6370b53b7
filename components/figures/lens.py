"""The gradient lens in one picture: a row for each recurrent layer."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from components.figures.page import COLOURS, DECADES, INK, PAPER, positive, style

# Updates whose Jacobians are drawn as lines, from the first to the newest.
_LINES = 4


class LayerView(NamedTuple):
    """What is drawn of one layer over N looks.

    name: for people. updates: [N]. norms: ‖∂L/∂h_t‖ [D, N] by the distance from the loss, NaN
    where there was no token. distances: for each look [K]. products: ‖∂h_T/∂h_{T-d}‖ at these.
    bound: what they cannot exceed at the newest look, or None. gates: by name, the newest shares
    of its values between 0 and 1.
    """

    name: str
    updates: Sequence[int]
    norms: np.ndarray
    distances: Sequence[np.ndarray]
    products: Sequence[np.ndarray]
    bound: np.ndarray | None
    gates: Mapping[str, np.ndarray]


def lens_page(layers: Sequence[LayerView], dark: bool = False) -> Figure:
    """For each layer a heat map of the gradient, the Jacobians' decay, and the gates.

    Args:
        layers: from top to bottom
        dark: for a dark page
    """
    size = (15, 3.3 * len(layers) + 0.4)
    figure = Figure(figsize=size, layout="constrained", facecolor=PAPER[dark], dpi=80)
    FigureCanvasAgg(figure)
    columns = 3 if any(layer.gates for layer in layers) else 2
    grid = figure.subplots(len(layers), columns, squeeze=False)
    for row, layer in zip(grid, layers, strict=True):
        _map(figure, row[0], layer, dark)
        _decay(row[1], layer, dark)
        if columns == 3:
            _gates(row[2], layer, dark)
    return figure


def _map(figure: Figure, axes: Axes, layer: LayerView, dark: bool) -> None:
    """Training goes to the right, the distance from the loss upwards."""
    shown = np.ma.masked_less_equal(np.ma.masked_invalid(layer.norms), 0)
    top = float(shown.max()) if shown.count() else 1.0
    bottom = max(float(shown.min()) if shown.count() else 0.1, top * 10.0**-DECADES)
    image = axes.imshow(
        shown,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        cmap="cividis",
        norm=LogNorm(min(bottom, top / 10), top),
    )
    ticks = np.unique(np.linspace(0, len(layer.updates) - 1, 6).round().astype(int))
    axes.set_xticks(ticks, [f"{layer.updates[i]:,}" for i in ticks])
    axes.set(xlabel="update", ylabel="steps back from the loss", title=layer.name)
    style(axes, dark)
    bar = figure.colorbar(image, ax=axes)
    bar.set_label("size of the gradient ∂L/∂h", color=INK[dark])
    bar.ax.tick_params(colors=INK[dark], which="both")
    bar.outline.set_visible(False)


def _decay(axes: Axes, layer: LayerView, dark: bool) -> None:
    """How much of a change d steps back is left: a line for each of some looks."""
    chosen = np.unique(np.linspace(0, len(layer.updates) - 1, _LINES).round().astype(int))
    for colour, i in zip(COLOURS, chosen, strict=False):
        axes.plot(
            layer.distances[i],
            positive(layer.products[i]),
            "o-",
            markersize=3,
            color=colour,
            label=f"update {layer.updates[i]:,}",
        )
    if layer.bound is not None:
        axes.plot(
            layer.distances[-1], positive(layer.bound), "--", color=INK[dark], label="bound, newest"
        )
    axes.set_yscale("log")
    axes.set(xlabel="steps back d", ylabel="size of ∂h(T) / ∂h(T - d)")
    axes.set_title("what a step further back still moves")
    axes.grid(alpha=0.25, color=INK[dark], linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    style(axes, dark)
    axes.legend(frameon=False, labelcolor=INK[dark], fontsize="small")


def _gates(axes: Axes, layer: LayerView, dark: bool) -> None:
    """How open the gates are: 0 is shut, 1 is open."""
    for colour, (name, shares) in zip(COLOURS, layer.gates.items(), strict=False):
        edges = np.linspace(0, 1, len(shares) + 1)
        axes.stairs(100 * shares, edges, color=colour, linewidth=1.8, label=f"{name} gate")
    axes.set(xlabel="0 shut … 1 open", ylabel="% of values", title="gates, newest", xlim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    style(axes, dark)
    if layer.gates:
        axes.legend(frameon=False, labelcolor=INK[dark], fontsize="small")
