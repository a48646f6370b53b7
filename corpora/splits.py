"""Dividing pairs over splits by a hash: stable when data is added, the same everywhere."""

import hashlib
import unicodedata

from corpora.config import HashedSplits, Split


def normalised(text: str) -> str:
    """What counts as the same sentence: NFC, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def fraction(text: str) -> float:
    """A number from 0 up to 1 that depends on the text alone."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    # 53 bits are what a float holds exactly; more could round up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def split_of(source: str, splits: HashedSplits) -> Split:
    """The split of a pair by its normalised source sentence."""
    place = fraction(normalised(source))
    if place < splits.test:
        return "test"
    if place < splits.test + splits.validation:
        return "validation"
    return "train"
