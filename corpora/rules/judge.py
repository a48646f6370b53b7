"""Rules that look at one pair: each says whether the pair is to be dropped."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from corpora.rules.config import Bounds, CleaningConfig
from corpora.rules.keys import only_letters
from corpora.rules.language import LanguageJudge
from corpora.rules.repair import compose, single_spaces
from foundation.languages import Languages

_NUMBER = re.compile(r"\d+(?:[.,'\u00a0\u202f]\d+)*")
_NOT_DIGIT = re.compile(r"\D")

UNREADABLE, EMPTY, LEAKAGE = "unreadable", "empty", "leakage"
DUPLICATE, NEAR_DUPLICATE, WEIGHT = "duplicate", "near_duplicate", "weight"


class Rule(NamedTuple):
    """A rule by its name in the report, and whether it drops a pair of source and target."""

    name: str
    drops: Callable[[str, str], bool]


def is_empty(source: str, target: str) -> bool:
    """A side without anything but white space."""
    return not source.strip() or not target.strip()


def out_of_characters(bounds: Bounds) -> Callable[[str, str], bool]:
    """A side with too few or too many characters."""
    least, most = bounds.minimum, bounds.maximum
    return lambda source, target: not (
        least <= len(source) <= most and least <= len(target) <= most
    )


def out_of_tokens(bounds: Bounds) -> Callable[[str, str], bool]:
    """A side with too few or too many tokens between spaces."""
    least, most = bounds.minimum, bounds.maximum

    def drops(source: str, target: str) -> bool:
        counts = (source.count(" ") + 1, target.count(" ") + 1)
        return not all(least <= count <= most for count in counts)

    return drops


def out_of_ratio(ratio: float, slack: int) -> Callable[[str, str], bool]:
    """One side is more than ratio times longer than the other, both lengthened by slack."""

    def drops(source: str, target: str) -> bool:
        left, right = len(source) + slack, len(target) + slack
        return left > ratio * right or right > ratio * left

    return drops


def is_identical(source: str, target: str) -> bool:
    """The same text on both sides; a single word, such as a name, may be its translation."""
    return source == target and " " in source


def too_few_letters(share: float) -> Callable[[str, str], bool]:
    """A side of which too small a share is letters, not counting spaces."""

    def drops(source: str, target: str) -> bool:
        return _lacks_letters(source, share) or _lacks_letters(target, share)

    return drops


def _lacks_letters(text: str, share: float) -> bool:
    needed = share * (len(text) - text.count(" "))
    letters = len(only_letters(text))
    if letters >= needed:
        return False
    # Marks that belong to letters, as in Devanagari, count as letters.
    return letters + sum(unicodedata.category(character)[0] == "M" for character in text) < needed


def numbers_disagree(source: str, target: str) -> bool:
    """Both sides have numbers in digits, and they differ; separators do not count."""
    left, right = _numbers(source), _numbers(target)
    return bool(left) and bool(right) and left != right


def _numbers(text: str) -> list[str]:
    return sorted(_NOT_DIGIT.sub("", number) for number in _NUMBER.findall(text))


def build_rules(config: CleaningConfig, languages: Languages) -> tuple[Rule, ...]:
    """The configured rules in the order in which they are asked; the first takes the blame."""
    rules: list[Rule] = []
    if config.empty:
        rules.append(Rule(EMPTY, is_empty))
    if config.characters:
        rules.append(Rule("characters", out_of_characters(config.characters)))
    if config.tokens:
        rules.append(Rule("tokens", out_of_tokens(config.tokens)))
    if config.ratio:
        rules.append(Rule("ratio", out_of_ratio(config.ratio, config.ratio_slack)))
    if config.identical:
        rules.append(Rule("identical", is_identical))
    if config.letters:
        rules.append(Rule("letters", too_few_letters(config.letters)))
    if config.numbers:
        rules.append(Rule("numbers", numbers_disagree))
    if config.language:
        rules.append(Rule("language", LanguageJudge(config.language, languages).drops))
    return tuple(rules)


def build_repairs(config: CleaningConfig) -> tuple[Callable[[str], str], ...]:
    """The configured repairs in their order."""
    switched = ((config.unicode, compose), (config.spaces, single_spaces))
    return tuple(repair for on, repair in switched if on)
