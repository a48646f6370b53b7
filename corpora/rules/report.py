"""What happened to every pair: counts by corpus, split and rule, which must add up."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

READ, KEPT = "read", "kept"


class Place(NamedTuple):
    """What is counted: pairs of a corpus and split that were read, kept, or dropped by a rule."""

    corpus: str
    split: str
    outcome: str


class Report(NamedTuple):
    """Counts of pairs; ``repaired`` says how many of those kept had their text changed."""

    counts: Mapping[Place, int]

    def total(self, outcome: str, corpus: str = "", split: str = "") -> int:
        """Pairs of an outcome, of one corpus or split where given."""
        return sum(
            count
            for place, count in self.counts.items()
            if place.outcome == outcome
            and corpus in ("", place.corpus)
            and split in ("", place.split)
        )

    @property
    def rules(self) -> list[str]:
        """The rules that dropped something, the one that dropped most first."""
        dropped = {place.outcome for place in self.counts} - {READ, KEPT, *NOTED}
        return sorted(dropped, key=lambda rule: (-self.total(rule), rule))

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The corpora and splits that were read, in the order of their names."""
        return sorted({(place.corpus, place.split) for place in self.counts})


# Outcomes that are counted beside kept and dropped: a repaired pair is kept as well, and a weight
# above one writes a kept pair more than once.
REPAIRED, WRITTEN = "repaired", "written"
NOTED = (REPAIRED, WRITTEN)


def summed(parts: Iterable[Mapping[Place, int]]) -> Report:
    """The report of all parts.

    Raises ValueError: kept and dropped pairs are not those read, which is an error of ours.
    """
    counts: Counter[Place] = Counter()
    for part in parts:
        counts.update(part)
    report = Report(dict(sorted(counts.items())))
    for corpus, split in report.rows:
        read = report.total(READ, corpus, split)
        kept = report.total(KEPT, corpus, split)
        dropped = sum(report.total(rule, corpus, split) for rule in report.rules)
        if kept + dropped != read:
            raise ValueError(
                f"{corpus}/{split}: {kept} kept and {dropped} dropped are not {read} read"
            )
    return report


def as_json(report: Report) -> str:
    """Totals, and the same by corpus and split."""
    rows = [
        {"corpus": corpus, "split": split, **_numbers(report, corpus, split)}
        for corpus, split in report.rows
    ]
    return json.dumps({"total": _numbers(report), "by": rows}, indent=2)


def _numbers(report: Report, corpus: str = "", split: str = "") -> dict:
    numbers = {name: report.total(name, corpus, split) for name in (READ, KEPT, *NOTED)}
    dropped = {rule: report.total(rule, corpus, split) for rule in report.rules}
    return {**numbers, "dropped": {rule: count for rule, count in dropped.items() if count}}


def from_json(text: str) -> Report:
    """The report that as_json wrote."""
    counts = {}
    for row in json.loads(text)["by"]:
        corpus, split = row["corpus"], row["split"]
        outcomes = {name: row[name] for name in (READ, KEPT, *NOTED)} | row["dropped"]
        counts |= {Place(corpus, split, outcome): n for outcome, n in outcomes.items() if n}
    return Report(counts)


def as_table(report: Report) -> str:
    """A Markdown table: a line per corpus and split, a column per rule that dropped something."""
    head = ["corpus", "split", READ, *report.rules, KEPT]
    lines = [
        [corpus, split, *(f"{report.total(name, corpus, split):,}" for name in head[2:])]
        for corpus, split in report.rows
    ]
    lines.append(["all", "", *(f"{report.total(name):,}" for name in head[2:])])
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    rule = ["-" * width for width in widths[:2]] + ["-" * (w - 1) + ":" for w in widths[2:]]
    return "\n".join(
        "| " + " | ".join(_aligned(cell, widths[i], i < 2) for i, cell in enumerate(line)) + " |"
        for line in [head, rule, *lines]
    )


def _aligned(cell: str, width: int, left: bool) -> str:
    return cell.ljust(width) if left else cell.rjust(width)


def summary(report: Report) -> str:
    """One line for the console."""
    read, kept = report.total(READ), report.total(KEPT)
    dropped = ", ".join(f"{report.total(rule):,} {rule}" for rule in report.rules)
    return f"{kept:,} of {read:,} pairs kept" + (f"; dropped: {dropped}" if dropped else "")
