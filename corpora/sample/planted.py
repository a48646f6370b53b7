"""The faults of crawled corpora, planted in the sample, each with the rule that must find it."""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random
from typing import NamedTuple

from corpora.sample.phrases import Phrase


class Line(NamedTuple):
    """A pair to be written, None for one that cannot be read; the rule is empty if it is good."""

    pair: Phrase | None
    rule: str = ""


class Surroundings(NamedTuple):
    """What a fault is made of: the pairs written so far, a held-out pair, a random source."""

    written: list[Phrase]
    held_out: Phrase
    rng: Random

    def earlier(self) -> Phrase:
        """One of the good pairs that were written."""
        return self.rng.choice(self.written)

    def long(self) -> Phrase:
        """The longest of some of them."""
        return max((self.earlier() for _ in range(20)), key=lambda pair: len(pair.german))


def _excited(pair: Phrase) -> Phrase:
    return Phrase(*(text[0].lower() + text[1:-1] + " !!!" for text in pair))


def _with_years(pair: Phrase) -> Phrase:
    return Phrase(f"{pair.english} (1999)", f"{pair.german} (2001)")


FAULTS: dict[str, Callable[[Surroundings], Phrase | None]] = {
    "unreadable": lambda around: None,
    "empty": lambda around: Phrase(around.earlier().english, " "),
    "characters": lambda around: Phrase(*(f"{text} " * 120 for text in around.long())),
    "tokens": lambda around: Phrase("so " * 250 + "it goes.", "so " * 250 + "geht es."),
    "ratio": lambda around: Phrase(around.earlier().english[:20], around.long().german * 5),
    "identical": lambda around: Phrase(*(around.long().german,) * 2),
    "letters": lambda around: Phrase("+49 (0) 30 / 123 456 - 7 *", "+49 (0) 30 / 123 456 - 7 **"),
    "numbers": lambda around: _with_years(around.earlier()),
    "language": lambda around: Phrase(around.long().german, around.long().english),
    "duplicate": lambda around: around.earlier(),
    "near_duplicate": lambda around: _excited(around.earlier()),
    "leakage": lambda around: around.held_out,
}


def plant(pairs: list[Phrase], held_out: list[Phrase], every: int, seed: int) -> Iterator[Line]:
    """The pairs, and behind every so many of them a fault, one kind after the other."""
    rng = Random(seed)
    kinds = cycle(FAULTS)
    written: list[Phrase] = []
    for number, pair in enumerate(pairs, 1):
        yield Line(pair)
        written.append(pair)
        if number % every == 0:
            rule = next(kinds)
            yield Line(FAULTS[rule](Surroundings(written, rng.choice(held_out), rng)), rule)
