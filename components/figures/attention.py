"""The picture of what a translation looked at."""

from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_CELL = 0.36  # inches a piece, so that labels never overlap
_MARGIN = 1.6


def attention_map(
    source: Sequence[str], output: Sequence[str], weights: np.ndarray, title: str = ""
) -> Figure:
    """A heat map: the output reads downwards, the source to the right.

    Args:
        source: S pieces
        output: T pieces
        weights: [T, S], each row sums to 1

    Returns:
        a figure on white, in a map that grows evenly darker and is safe for colour-blind eyes
    """
    figure = Figure(
        figsize=(_MARGIN + 0.8 + _CELL * len(source), _MARGIN + _CELL * len(output)),
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    image = axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    axes.set_xticks(range(len(source)), [_readable(piece) for piece in source], rotation=60)
    axes.set_yticks(range(len(output)), [_readable(piece) for piece in output])
    for label in axes.get_xticklabels():
        label.set(ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(len(source) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(output) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.tick_params(which="minor", length=0)
    bar = figure.colorbar(image, ax=axes, shrink=0.6, ticks=(0, 0.5, 1))
    bar.set_label("attention")
    bar.outline.set_visible(False)
    if title:
        axes.set_title(title)
    return figure


def _readable(piece: str) -> str:
    """SentencePiece's word mark as the space it stands for; the end shown as a full word."""
    return {"</s>": "⟨end⟩"}.get(piece, piece.replace("▁", "·"))
