"""Pictures as inline SVG, whose colours follow the page."""

import math
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.watching.statistics import Numbers

_WIDTH, _HEIGHT, _BELOW = 340, 130, 22
_MOST_BINS = 30
_TICKS = 5


class Bins(NamedTuple):
    """Equal bins from zero to where the longest tail begins."""

    step: float
    bounds: NDArray[np.float64]


def bins(distributions: list[Numbers]) -> Bins:
    """Bins of a round width for several distributions; what lies beyond is not drawn."""
    end = max(numbers.quantile(0.95) for numbers in distributions) * 1.25 or 1.0
    raw = end / _MOST_BINS
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw)
    whole = all(np.all(numbers.edges % 1 == 0) for numbers in distributions)
    step = max(1.0, step) if whole else step
    return Bins(step, np.arange(math.ceil(end / step) + 1) * step)


def histogram(distributions: Mapping[str, Numbers]) -> str:
    """The first distribution as bars, the others as outlines over it.

    Args:
        distributions: by the split's name, which is also its colour on the page
    """
    step, bounds = bins(list(distributions.values()))
    masses = {name: numbers.masses(bounds) for name, numbers in distributions.items()}
    highest = max(float(mass.max()) for mass in masses.values()) or 1.0
    heights = {name: mass / highest * _HEIGHT for name, mass in masses.items()}
    first, *others = heights
    width = _WIDTH / (len(bounds) - 1)
    parts = [
        f'<rect class="bar" x="{i * width + 0.5:.1f}" y="{_HEIGHT - height:.1f}" '
        f'width="{width - 1:.1f}" height="{height:.1f}"><title>{bounds[i]:.3g} to '
        f"{bounds[i] + step:.3g}: {masses[first][i]:.1%} of {escape(first)}</title></rect>"
        for i, height in enumerate(heights[first])
    ]
    parts += [_outline(name, heights[name], width) for name in others]
    parts.append(f'<path class="axis" d="M0 {_HEIGHT}H{_WIDTH}"/>')
    parts += _ticks(bounds)
    label = "distribution in " + ", ".join(distributions)
    box = f"0 -4 {_WIDTH} {_HEIGHT + _BELOW}"
    return f'<svg viewBox="{box}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def share_bar(share: float, name: str) -> str:
    """A bar for a share, in the colour of a split."""
    return f'<div class="share" style="width:{share:.1%};background:var(--{name})"></div>'


def _outline(name: str, heights: NDArray[np.float64], width: float) -> str:
    steps = "".join(
        f"V{_HEIGHT - height:.1f}H{(i + 1) * width:.1f}" for i, height in enumerate(heights)
    )
    colour = f"stroke:var(--{name})"
    return f'<path class="step" style="{colour}" d="M0 {_HEIGHT}{steps}V{_HEIGHT}"/>'


def _ticks(bounds: NDArray[np.float64]) -> list[str]:
    every = math.ceil((len(bounds) - 1) / _TICKS)
    anchors = {0: "start", len(bounds) - 1: "end"}
    return [
        f'<text x="{i / (len(bounds) - 1) * _WIDTH:.1f}" y="{_HEIGHT + 15}" '
        f'text-anchor="{anchors.get(i, "middle")}">{bounds[i]:.3g}</text>'
        for i in range(0, len(bounds), every)
    ]
