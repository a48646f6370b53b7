"""The cleaning report as a picture: what was kept and what each rule dropped."""

from pathlib import Path

from matplotlib.figure import Figure

from corpora.rules.report import KEPT, READ, Report


def draw(report: Report, path: Path) -> None:
    """A bar for every corpus and split, as shares of the pairs that were read."""
    rows = [f"{corpus} · {split}" for corpus, split in report.rows]
    figure = Figure(figsize=(9, 1.6 + 0.45 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    starts = [0.0] * len(rows)
    for outcome in (KEPT, *report.rules):
        shares = [
            100 * report.total(outcome, *row) / max(report.total(READ, *row), 1)
            for row in report.rows
        ]
        colour = "#cfd8dc" if outcome == KEPT else None
        axes.barh(
            rows,
            shares,
            left=starts,
            color=colour,
            label=f"{outcome.replace('_', ' ')}: {report.total(outcome):,}",
        )
        starts = [start + share for start, share in zip(starts, shares, strict=True)]
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the pairs read")
    axes.set_title(f"{report.total(KEPT):,} of {report.total(READ):,} pairs kept")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
