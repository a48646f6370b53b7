"""64-bit keys by which equal sentences and pairs are found without comparing texts.

Two different ones among n share a key with a probability of about n² / 2^65: 3e-6 at ten million.
"""

import hashlib
import re

from corpora.splits import normalised

_NO_LETTER = re.compile(r"[\W\d_]+")


def key(text: str) -> int:
    """64 bits of BLAKE2b."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def sentence_key(text: str) -> int:
    """Equal for sentences that differ in case, composition or spaces only."""
    return key(normalised(text))


def pair_key(source: str, target: str) -> int:
    """Equal for equal pairs; the separator occurs in no repaired text."""
    return key(f"{source}\x00{target}")


def near_key(source: str, target: str) -> int:
    """Equal for pairs that differ in case, digits, punctuation and spaces only.

    Pairs without any letter would all be equal; they count as near only when they are equal.
    """
    left, right = letters(source), letters(target)
    return pair_key(left, right) if left and right else pair_key(source, target)


def letters(text: str) -> str:
    """The letters of a text in lower case."""
    return only_letters(text.casefold())


def only_letters(text: str) -> str:
    """A text without its spaces, digits, punctuation and other signs."""
    # Most sentences hold nothing else than spaces and a mark at their end; the rest is slower.
    bare = text.replace(" ", "").rstrip(".!?")
    return bare if bare.isalpha() else _NO_LETTER.sub("", bare)
