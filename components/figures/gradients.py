"""Pictures of the gradient's way back through time."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

# Okabe and Ito's colours, without those that are faint on white or on black.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#888888")
# Drawn smaller than this is as good as nothing, and stretches the colours over nothing.
_DECADES = 8
_INK = {False: ("white", "#222222"), True: ("#14171c", "#e6e6e6")}


def gradient_map(
    norms: np.ndarray, updates: Sequence[int], title: str = "", dark: bool = False
) -> Figure:
    """A heat map: training goes to the right, the distance from the loss upwards.

    Args:
        norms: ‖∂L/∂h_t‖, [D, N] for D distances and N measurements; NaN where there was no token.
        updates: N, when each was measured.
        title: above the picture.
        dark: for a dark page.
    """
    figure, axes = _page(dark, (7.2, 4.0))
    paper, ink = _INK[dark]
    shown = np.ma.masked_less_equal(np.ma.masked_invalid(norms), 0)
    top = float(shown.max()) if shown.count() else 1.0
    bottom = max(float(shown.min()) if shown.count() else 0.1, top * 10.0**-_DECADES)
    image = axes.imshow(
        shown,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        cmap="cividis",
        norm=LogNorm(min(bottom, top / 10), top),
    )
    ticks = np.unique(np.linspace(0, len(updates) - 1, 7).round().astype(int))
    axes.set_xticks(ticks, [f"{updates[i]:,}" for i in ticks])
    axes.set(xlabel="update", ylabel="steps back from the loss", title=title)
    bar = figure.colorbar(image, ax=axes, extend="min")
    bar.set_label("‖∂L/∂h‖", color=ink)
    bar.ax.tick_params(colors=ink, which="both")
    bar.outline.set_visible(False)
    axes.set_facecolor(paper)
    return figure


def decay_lines(
    lines: Mapping[str, np.ndarray],
    distances: np.ndarray,
    bound: np.ndarray | None = None,
    title: str = "",
    quantity: str = "‖∂L/∂h‖, relative to the last step",
    dark: bool = False,
) -> Figure:
    """A line each over the distance, with a logarithmic height.

    Args:
        lines: by name, what was measured at ``distances`` [D]; shorter ones end early.
        distances: [D] steps back.
        bound: [D], drawn dashed above the measurements.
        title: above the picture.
        quantity: what the height is.
        dark: for a dark page.
    """
    figure, axes = _page(dark, (7.2, 4.2))
    _, ink = _INK[dark]
    for i, (name, values) in enumerate(lines.items()):
        style = ("-", "-.", ":")[i // len(_COLOURS) % 3]
        colour = _COLOURS[i % len(_COLOURS)]
        axes.plot(distances[: len(values)], _positive(values), style, color=colour, label=name)
    if bound is not None:
        axes.plot(
            distances, _positive(bound), "--", color=ink, linewidth=1.2, label="textbook bound"
        )
    axes.set_yscale("log")
    axes.set(xlabel="steps back from the loss", ylabel=quantity, title=title)
    axes.grid(alpha=0.25, color=ink, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    top = max(float(np.nanmax(_positive(v), initial=0)) for v in lines.values()) or 1.0
    axes.set_ylim(top * 10.0 ** -(2 * _DECADES) if _spans(lines) else None, None)
    axes.legend(frameon=False, labelcolor=ink, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


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
    paper, ink = _INK[dark]
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
    _style(axes, dark)
    for name, values in lines.items():
        axes.plot(_positive(values), **styles[name])
    axes.set_yscale("log")
    axes.set_ylim(10.0**-_DECADES, 1e3)
    axes.set_yticks([10.0**power for power in range(-_DECADES, 4, 2)])
    axes.grid(alpha=0.25, color=_INK[dark][1], linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _line(name: str, i: int, dark: bool) -> dict:
    if name == "bound":
        return {"color": _INK[dark][1], "linestyle": "--", "linewidth": 1.4, "zorder": 3}
    colours = ("#56B4E9", "#E69F00") if dark else _COLOURS
    return {"color": colours[i % len(colours)], "linestyle": ("-", "-.")[i % 2], "linewidth": 1.8}


def _page(dark: bool, size: tuple[float, float]) -> tuple[Figure, Axes]:
    paper, _ = _INK[dark]
    figure = Figure(figsize=size, layout="constrained", facecolor=paper)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _style(axes, dark)
    return figure, axes


def _style(axes: Axes, dark: bool) -> None:
    paper, ink = _INK[dark]
    axes.set_facecolor(paper)
    axes.tick_params(colors=ink, which="both")
    axes.spines[:].set_color(ink)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(ink)


def _positive(values: np.ndarray) -> np.ndarray:
    """What a logarithm can draw; the rest is a gap."""
    values = np.asarray(values, float)
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _spans(lines: Mapping[str, np.ndarray]) -> bool:
    """Whether the lines fall further than is worth drawing."""
    values = np.concatenate([_positive(v) for v in lines.values()])
    return bool(np.nanmin(values) < np.nanmax(values) * 10.0 ** -(2 * _DECADES))
