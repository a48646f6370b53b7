"""What is wrong with a corpus, each in one sentence."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from components.watching.config import WatchSettings
from components.watching.features import LANGUAGE, RATIO, SIDES, UNKNOWN_SHARE
from components.watching.statistics import SplitStatistics
from corpora.rules.language import known_code
from foundation.languages import Languages

LIMIT = "limit"
# With fewer recognised sentences nothing is said about a side's language.
_ENOUGH = 10


class Finding(NamedTuple):
    """One thing that is out of bounds.

    kind: LIMIT, drift or skew. feature: "" for the split as a whole. stops: whether the run ends.
    """

    kind: str
    split: str
    feature: str
    sentence: str
    stops: bool


def beyond_limits(
    splits: Mapping[str, SplitStatistics], settings: WatchSettings, languages: Languages
) -> Iterator[Finding]:
    """What exceeds the limits of the settings, split by split."""
    for split, statistics in splits.items():
        yield from _few_pairs(split, statistics, settings)
        yield from _languages(split, statistics, settings, languages)
        yield from _unknown(split, statistics, settings)
        yield from _ratio(split, statistics, settings)


def _few_pairs(
    split: str, statistics: SplitStatistics, settings: WatchSettings
) -> Iterator[Finding]:
    least = settings.pairs and getattr(settings.pairs, split)
    if statistics.pairs < least:
        yield _limit(
            split,
            "",
            f"watch.pairs: {split} has {statistics.pairs:,} pairs and needs {least:,}; add "
            f"pairs, look at what cleaning dropped, or lower watch.pairs.{split}.",
        )


def _languages(
    split: str, statistics: SplitStatistics, settings: WatchSettings, languages: Languages
) -> Iterator[Finding]:
    for side, other in (SIDES, SIDES[::-1]):
        expected = known_code(getattr(languages, side))
        feature = f"{side}_{LANGUAGE}"
        found = statistics.categories[feature]
        share = found.shares.get(expected, 0.0)
        if not settings.language or expected is None or found.count < _ENOUGH:
            continue
        if share < settings.language:
            most, most_share = next(iter(found.shares.items()))
            swapped = most == known_code(getattr(languages, other))
            remedy = "swap source and target" if swapped else "give it the right files"
            yield _limit(
                split,
                feature,
                f"watch.language: of the {side} sentences of {split}, {percent(share)} are "
                f"recognised as {expected} and {percent(most_share)} as {most}, where at least "
                f"{percent(settings.language)} must be {expected}; {remedy} under corpora, "
                "correct languages, or lower watch.language.",
            )


def _unknown(split: str, statistics: SplitStatistics, settings: WatchSettings) -> Iterator[Finding]:
    for side in SIDES:
        feature = f"{side}_{UNKNOWN_SHARE}"
        mean = statistics.numbers[feature].mean
        if settings.unknown and mean > settings.unknown:
            yield _limit(
                split,
                feature,
                f"watch.unknown: {percent(mean)} of the {side} subwords of {split} are unknown, "
                f"where {percent(settings.unknown)} are allowed; remove text in other scripts, "
                "set subwords.byte_fallback: true or a higher subwords.coverage, or raise "
                "watch.unknown.",
            )


def _ratio(split: str, statistics: SplitStatistics, settings: WatchSettings) -> Iterator[Finding]:
    bounds = settings.ratio
    median = statistics.numbers[RATIO].median
    if bounds and not bounds.minimum <= median <= bounds.maximum:
        yield _limit(
            split,
            RATIO,
            f"watch.ratio: in {split} the median pair has {median:.2f} characters of the target "
            f"for each of the source, where {bounds.minimum:g} to {bounds.maximum:g} are "
            "expected; check that its lines belong together, or widen watch.ratio.",
        )


def _limit(split: str, feature: str, sentence: str) -> Finding:
    return Finding(LIMIT, split, feature, sentence, stops=True)


def percent(share: float) -> str:
    """A share for people: the smaller, the finer."""
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"


def in_words(feature: str) -> str:
    """A feature's name for people."""
    return feature.replace("_", " ")


def in_brief(findings: list[Finding], page: str) -> str:
    """The first finding, how many there are besides, and where they are all shown."""
    more = f"{len(findings) - 1} more and pictures" if len(findings) > 1 else "pictures"
    return f"{findings[0].sentence} ({more}: {page})"
