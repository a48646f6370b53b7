"""The cleaning report as a picture: what each rule dropped."""

from itertools import cycle
from pathlib import Path

from matplotlib import colormaps
from matplotlib.figure import Figure

from corpora.rules.report import KEPT, READ, Report


def draw(report: Report, path: Path) -> None:
    """For every corpus and split of which something was dropped, the share of each rule."""
    rows = [row for row in report.rows if report.total(KEPT, *row) < report.total(READ, *row)]
    labels = [
        f"{' · '.join(row)}: {report.total(KEPT, *row):,} of {report.total(READ, *row):,} kept"
        for row in rows
    ]
    figure = Figure(figsize=(10, 1.8 + 0.4 * max(len(rows), len(report.rules) / 2)))
    axes = figure.add_subplot()
    starts = [0.0] * len(rows)
    colours = colormaps["tab20"].colors
    for colour, rule in zip(cycle(colours), report.rules, strict=False):
        shares = [100 * report.total(rule, *row) / report.total(READ, *row) for row in rows]
        label = f"{rule.replace('_', ' ')}: {report.total(rule):,}"
        axes.barh(labels, shares, left=starts, color=colour, label=label)
        starts = [start + share for start, share in zip(starts, shares, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("% of the pairs read that were dropped")
    axes.set_title(f"{report.total(KEPT):,} of {report.total(READ):,} pairs kept")
    axes.spines[["top", "right"]].set_visible(False)
    if rows:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    figure.savefig(path, dpi=120, bbox_inches="tight")
