"""The gradient lens in one picture: a row for each recurrent layer."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from components.figures.page import COLOURS, DECADES, INK, PAPER, positive, style

# Training is cut into so many spans; each has the Jacobians of one of its looks drawn as a line.
_LINES = 4
# From old to new: away from the paper's colour.
_AGES = {False: (0.78, 0.0), True: (0.35, 1.0)}
_MAP = matplotlib.colormaps["cividis"]
# Inches: each column's width and the room to its right, a row's height and the room around it. The
# places are fixed, as to have them sought takes several times as long as to draw.
_COLUMNS = {"map": (4.0, 0.1), "bar": (0.14, 1.1), "decay": (3.9, 0.9), "gates": (3.2, 0.2)}
_HEIGHT, _LEFT, _ABOVE, _BELOW = 2.4, 0.6, 0.35, 0.5


class LayerView(NamedTuple):
    """What is drawn of one layer over N looks.

    name: for people. updates: [N]. norms: ‖∂L/∂h_t‖ [D, N] by the distance from the loss, NaN
    where there was no token. distances: for each look [K]. products: ‖∂h_T/∂h_{T-d}‖ at these.
    bounds: for each look what they cannot exceed [K], or None. gates: by name, the newest shares
    of its values between 0 and 1.
    """

    name: str
    updates: Sequence[int]
    norms: np.ndarray
    distances: Sequence[np.ndarray]
    products: Sequence[np.ndarray]
    bounds: Sequence[np.ndarray | None]
    gates: Mapping[str, np.ndarray]


def lens_page(layers: Sequence[LayerView], dark: bool = False) -> Figure:
    """For each layer a heat map of the gradient, the Jacobians' decay, and the gates.

    Args:
        layers: from top to bottom
        dark: for a dark page
    """
    gated = any(layer.gates for layer in layers)
    columns = [name for name in _COLUMNS if gated or name != "gates"]
    row = _ABOVE + _HEIGHT + _BELOW
    width = _LEFT + sum(sum(_COLUMNS[name]) for name in columns)
    height = row * len(layers)
    figure = Figure((width, height), facecolor=PAPER[dark], dpi=80)
    FigureCanvasAgg(figure)
    for i, layer in enumerate(layers):
        axes, left, bottom = {}, _LEFT, height - row * (i + 1) + _BELOW
        for name in columns:
            size, room = _COLUMNS[name]
            place = (left / width, bottom / height, size / width, _HEIGHT / height)
            axes[name] = figure.add_axes(place)
            left += size + room
        _map(axes["map"], axes["bar"], layer, dark)
        _decay(axes["decay"], layer, dark)
        if layer.gates:
            _gates(axes["gates"], layer, dark)
        elif gated:
            axes["gates"].remove()
    return figure


def _map(axes: Axes, bar_axes: Axes, layer: LayerView, dark: bool) -> None:
    """Training goes to the right, the distance from the loss upwards."""
    shown = np.ma.masked_less_equal(np.ma.masked_invalid(layer.norms), 0)
    top = float(shown.max()) if shown.count() else 1.0
    bottom = max(float(shown.min()) if shown.count() else 0.1, top * 10.0**-DECADES)
    image = axes.imshow(
        shown,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        cmap=_MAP,
        norm=LogNorm(min(bottom, top / 10), top),
    )
    ticks = np.unique(np.linspace(0, len(layer.updates) - 1, 6).round().astype(int))
    axes.set_xticks(ticks, [f"{layer.updates[i]:,}" for i in ticks])
    axes.set(xlabel="update", ylabel="steps back from the loss")
    _finish(axes, f"{layer.name}: size of ∂L/∂h", dark)
    bar = axes.figure.colorbar(image, cax=bar_axes)
    bar_axes.yaxis.set_minor_locator(NullLocator())
    bar_axes.tick_params(colors=INK[dark], which="both", length=0)
    bar.outline.set_visible(False)


def _decay(axes: Axes, layer: LayerView, dark: bool) -> None:
    """How much of a change d steps back is left: a line for each of some looks."""
    chosen = _far_reaching(layer.distances)
    for age, i in zip(np.linspace(*_AGES[dark], len(chosen)), chosen, strict=True):
        axes.plot(
            layer.distances[i],
            positive(layer.products[i]),
            "o-",
            markersize=3,
            color=_MAP(age),
            label=f"update {layer.updates[i]:,}",
        )
    newest = chosen[-1]
    _percentages(axes, room=1.2 if layer.bounds[newest] is None else 10.0)
    if layer.bounds[newest] is not None:
        axes.plot(
            layer.distances[newest],
            positive(layer.bounds[newest]),
            "--",
            color=INK[dark],
            label=f"bound, update {layer.updates[newest]:,}",
        )
    axes.set(xlabel="steps back d")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.grid(alpha=0.25, color=INK[dark], linewidth=0.6)
    _finish(axes, "what is left of a signal: size of ∂h(T) / ∂h(T - d)", dark)
    axes.legend(frameon=False, labelcolor=INK[dark], fontsize="small")


def _far_reaching(distances: Sequence[np.ndarray]) -> list[int]:
    """Of each span of training the look that reaches furthest back, of equal ones the first."""
    spans = np.array_split(np.arange(len(distances)), min(_LINES, len(distances)))
    return [max(span, key=lambda look: distances[look][-1]) for span in spans]


def _percentages(axes: Axes, room: float) -> None:
    """A logarithmic height for what is drawn: at least 10 … 100 %, DECADES at the most.

    ``room`` times the largest value there is room for a bound, which may rise out of the picture.
    """
    values = np.concatenate([line.get_ydata() for line in axes.lines])
    low, high = np.nanmin(values, initial=0.1), np.nanmax(values, initial=1.0)
    low = max(low, high * 10.0**-DECADES)
    axes.set_yscale("log")
    axes.set_ylim(low / 1.2, high * room)
    steps = (1.0, 2.0, 5.0) if high / low < 300 else (1.0,)
    axes.yaxis.set_major_locator(LogLocator(subs=steps, numticks=12))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _percent(value)))


def _percent(share: float) -> str:
    if 1e-4 <= share < 100:
        return f"{100 * share:,.4g} %"
    return f"$10^{{{np.log10(100 * share):.0f}}}$ %"


def _gates(axes: Axes, layer: LayerView, dark: bool) -> None:
    """How open the gates are: 0 is shut, 1 is open."""
    for colour, (name, shares) in zip(COLOURS, layer.gates.items(), strict=False):
        edges = np.linspace(0, 1, len(shares) + 1)
        axes.stairs(shares, edges, color=colour, linewidth=1.8, label=name)
    axes.set(xlabel="0 shut … 1 open", ylabel="share of values", xlim=(0, 1))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    _finish(axes, f"gates at update {layer.updates[-1]:,}", dark)
    axes.legend(frameon=False, labelcolor=INK[dark], fontsize="small")


def _finish(axes: Axes, title: str, dark: bool) -> None:
    axes.set_title(title, loc="left", color=INK[dark])
    axes.spines[["top", "right"]].set_visible(False)
    style(axes, dark)
