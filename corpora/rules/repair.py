"""Repairs: they change a text and drop nothing."""

import re
import unicodedata

# Control characters but those that are white space, byte order marks, and what has no meaning in
# interchange: the bidirectional controls and joiners of Unicode's category Cf are left alone.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb]")


def compose(text: str) -> str:
    """NFC, without control characters and byte order marks."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def single_spaces(text: str) -> str:
    """White space of any kind becomes single spaces, none at the ends."""
    return " ".join(text.split())
