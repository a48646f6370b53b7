"""What all pictures share: paper and ink of light and dark pages, colours, logarithms."""

import numpy as np
from matplotlib.axes import Axes

# Okabe and Ito's colours, without those that are faint on white or on black.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#888888")
# Drawn smaller than this is as good as nothing, and stretches the picture over nothing.
DECADES = 8
PAPER = {False: "white", True: "#14171c"}
INK = {False: "#222222", True: "#e6e6e6"}


def style(axes: Axes, dark: bool) -> None:
    """Paper and ink of one page; to be called again after titles and labels are set."""
    axes.set_facecolor(PAPER[dark])
    axes.tick_params(colors=INK[dark], which="both")
    axes.spines[:].set_color(INK[dark])
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(INK[dark])


def positive(values: np.ndarray) -> np.ndarray:
    """What a logarithm can draw; the rest is a gap."""
    values = np.asarray(values, float)
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)
