"""The script of every character, as Unicode has it."""

from functools import cache
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

# ICU's numbers of scripts, from 0; https://unicode-org.github.io/icu-docs (UScriptCode).
_NAMES = (
    *("Common", "Inherited", "Arabic", "Armenian", "Bengali", "Bopomofo", "Cherokee", "Coptic"),
    *("Cyrillic", "Deseret", "Devanagari", "Ethiopic", "Georgian", "Gothic", "Greek", "Gujarati"),
    *("Gurmukhi", "Han", "Hangul", "Hebrew", "Hiragana", "Kannada", "Katakana", "Khmer", "Lao"),
    *("Latin", "Malayalam", "Mongolian", "Myanmar", "Ogham", "Old Italic", "Oriya", "Runic"),
    *("Sinhala", "Syriac", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan"),
)
NAMES = (*_NAMES, "other")
_SHARED = 2  # Common and Inherited: spaces, digits, punctuation, combining marks
_CODE_POINTS = 0x110000


class Letters(NamedTuple):
    """The letters of several texts.

    scripts: uint8, one for each letter, text after text; indices of NAMES.
    counts: int64, [B], how many of them each text has.
    """

    scripts: NDArray[np.uint8]
    counts: NDArray[np.int64]


def letters(texts: list[str]) -> Letters:
    """The scripts of all characters but those that every script shares, as digits and spaces."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
    scripts = _table()[points]
    own = scripts >= _SHARED
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(own, dtype=np.int64)])
    return Letters(scripts[own], np.diff(before[ends], prepend=0))


@cache
def _table() -> NDArray[np.uint8]:
    """The index in NAMES for each code point."""
    found = tf.strings.unicode_script(tf.range(_CODE_POINTS, dtype=tf.int32)).numpy()
    return np.where((found >= 0) & (found < len(_NAMES)), found, len(_NAMES)).astype(np.uint8)
