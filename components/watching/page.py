"""The page of statistics: one file that opens in any browser and needs no network."""

from collections.abc import Iterable, Mapping
from html import escape

from components.watching.charts import histogram, share_bar
from components.watching.comparison import Distance
from components.watching.features import (
    CHARACTERS,
    LANGUAGE,
    RATIO,
    SCRIPT,
    SIDES,
    SUBWORDS,
    UNKNOWN_SHARE,
)
from components.watching.findings import Finding, in_words, percent
from components.watching.statistics import Numbers, SplitStatistics
from components.watching.style import CSS
from components.watching.verdict import Verdict
from foundation.examples import CORPUS
from foundation.languages import Languages

_DRAWN = (*(f"{side}_{what}" for what in (CHARACTERS, SUBWORDS) for side in SIDES), RATIO)
_SHARED = (CORPUS, *(f"{side}_{what}" for what in (SCRIPT, LANGUAGE) for side in SIDES))
_EXPLAINED = {
    RATIO: "characters of the target for each of the source",
    CORPUS: "pairs",
    SCRIPT: "of the letters",
    LANGUAGE: "as recognised in a sample of longer sentences",
}
_MOST_ROWS = 12


def render(
    splits: Mapping[str, SplitStatistics],
    verdict: Verdict,
    languages: Languages,
    compared: bool,
) -> str:
    """The page as HTML.

    Args:
        splits: the statistics
        verdict: what was found about them
        languages: for the title
        compared: whether there was an earlier corpus to compare with
    """
    title = f"Corpus statistics, {languages.source} to {languages.target}"
    legend = "".join(
        f'<span class="key" style="background:var(--{split})"></span>{split}' for split in splits
    )
    body = (
        f"<h1>{escape(title)}</h1>",
        "<p>Clean pairs as training sees them, before they are shuffled into batches.</p>",
        f"<ul>{_findings(verdict.findings)}</ul>",
        f"<h2>Splits</h2>{_card(_table_of_numbers(splits))}",
        "<p><small>Median, and between which values nine of ten pairs lie.</small></p>",
        f"<h2>Distributions {legend}</h2><div class='grid'>{_histograms(splits)}</div>",
        "<p><small>Tails beyond the right edge are not drawn.</small></p>",
        f"<h2>Shares {legend}</h2><div class='grid'>{_shares(splits)}</div>",
        f"<h2>Distances</h2>{_distances(verdict.distances, compared)}",
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{CSS}</style>"
    )
    return (
        f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'
    )


def _findings(findings: Iterable[Finding]) -> str:
    rows = [
        f'<li class="{kind}"><b>{kind}</b>{escape(finding.sentence)}</li>'
        for finding in findings
        for kind in (["stop"] if finding.stops else ["warn"])
    ]
    return "".join(rows) or '<li class="fine"><b>fine</b>Nothing is out of bounds.</li>'


def _table_of_numbers(splits: Mapping[str, SplitStatistics]) -> str:
    rows = [["pairs", *(f"{split.pairs:,}" for split in splits.values())]]
    for name in _DRAWN:
        rows.append([in_words(name), *(_spread(s.numbers[name]) for s in splits.values())])
    for side in SIDES:
        name = f"{side}_{UNKNOWN_SHARE}"
        means = (percent(split.numbers[name].mean) for split in splits.values())
        rows.append([f"{side} subwords unknown", *means])
    return _table(["", *splits], rows)


def _spread(numbers: Numbers) -> str:
    low, high = numbers.quantile(0.05), numbers.quantile(0.95)
    return f"{numbers.median:.3g} <small>{low:.3g} to {high:.3g}</small>"


def _histograms(splits: Mapping[str, SplitStatistics]) -> str:
    return "".join(
        _card(
            f"{_heading(name)}"
            f"{histogram({split: found.numbers[name] for split, found in splits.items()})}"
        )
        for name in _DRAWN
    )


def _shares(splits: Mapping[str, SplitStatistics]) -> str:
    return "".join(_card(_heading(name) + _share_table(name, splits)) for name in _SHARED)


def _share_table(name: str, splits: Mapping[str, SplitStatistics]) -> str:
    found = {split: statistics.categories[name] for split, statistics in splits.items()}
    highest: dict[str, float] = {}
    for categories in found.values():
        for label, share in categories.shares.items():
            highest[label] = max(share, highest.get(label, 0.0))
    labels = sorted(highest, key=lambda label: (-highest[label], label))
    rows = []
    for label in labels[:_MOST_ROWS]:
        shares = [categories.shares.get(label, 0.0) for categories in found.values()]
        bars = "".join(share_bar(share, split) for share, split in zip(shares, found, strict=True))
        cells = (
            f"{share * splits[split].pairs:,.0f}" if name == CORPUS else percent(share)
            for share, split in zip(shares, found, strict=True)
        )
        rows.append([escape(label), *cells, f'<div class="bars">{bars}</div>'])
    rest = f"<p><small>and {len(labels) - _MOST_ROWS} more</small></p>"
    empty = "<p>Too few sentences are long enough.</p>"
    return (
        _table(["", *splits, ""], rows) + (rest if len(labels) > _MOST_ROWS else "")
        if rows
        else empty
    )


def _distances(distances: list[Distance], compared: bool) -> str:
    note = (
        "Numbers by Jensen-Shannon divergence in bits, categories by L-infinity distance; the "
        "limit is watch.distance and what chance does to samples of these sizes."
    )
    if not compared:
        note += " There is no served model that learned from another corpus: no drift to measure."
    rows = [
        [
            f"{d.kind}, {d.split}: {in_words(d.feature)}",
            f"{d.measured:.3f}",
            f"{d.limit:.3f}",
            f'<span class="words">{escape(d.now)} <small>against {escape(d.before)}</small></span>',
        ]
        for d in sorted(distances, key=lambda d: d.limit - d.measured)
    ]
    table = _table(["", "distance", "limit", ""], rows) if rows else ""
    return f"<p>{note}</p>{_card(table) if table else ''}"


def _heading(name: str) -> str:
    explained = _EXPLAINED.get(name) or _EXPLAINED.get(name.partition("_")[2], "")
    return f"<h3>{in_words(name)} <small>{explained}</small></h3>"


def _card(content: str) -> str:
    return f'<div class="card scroll">{content}</div>'


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{lines}</table>"
