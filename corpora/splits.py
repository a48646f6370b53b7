"""Dividing pairs over splits by a hash: stable when data is added, the same everywhere."""

import hashlib
import heapq
import unicodedata
from collections.abc import Iterable

from corpora.config import HashedSplits, Split
from foundation.errors import UserError


def normalised(text: str) -> str:
    """What counts as the same sentence: NFC, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def fraction(text: str) -> float:
    """A number from 0 up to 1 that depends on the text alone."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    # 53 bits are what a float holds exactly; more could round up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def smallest_fractions(sources: Iterable[str], count: int) -> list[float]:
    """The places of the sources that come first, in order."""
    return heapq.nsmallest(count, (fraction(normalised(source)) for source in sources))


def as_shares(splits: HashedSplits, smallest: list[float]) -> HashedSplits:
    """Splits given as numbers of pairs as the shares that take so many.

    smallest: the smallest fractions of all pairs, one more than are held out. Pairs with the same
        source stay together, so a split may be short of a few.
    Raises UserError: there are too few pairs.
    """
    if len(smallest) <= splits.held_out:
        raise UserError(
            f"corpora.splits: validation and test take {splits.held_out} pairs, but under 'all' "
            f"there are only {len(smallest)}; take fewer."
        )
    test, both = smallest[splits.test], smallest[splits.held_out]
    return HashedSplits(test=test, validation=both - test)


def split_of(source: str, splits: HashedSplits) -> Split:
    """The split of a pair by its normalised source sentence."""
    place = fraction(normalised(source))
    if place < splits.test:
        return "test"
    if place < splits.test + splits.validation:
        return "validation"
    return "train"
