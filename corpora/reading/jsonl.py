"""JSON Lines: one object a line; a key with dots goes into objects within it."""

import json
from collections.abc import Iterator
from typing import Any

from corpora.reading import lines
from corpora.reading.lines import chunks
from corpora.reading.records import Chunk, Pair

__all__ = ["chunks", "read"]


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a chunk; a line that is no JSON or lacks a key is a fault."""
    keys = chunk.source.corpus.keys
    paths = [tuple(key.split(".")) for key in (keys.source, keys.target)]
    pair = chunk.source.pair
    for number, (line,) in lines.numbered(chunk):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            yield pair(line, "", number, "JSON nested too deeply" if deep else "not JSON")
            continue
        texts = [_value(record, path) for path in paths]
        fault = _fault(texts, paths)
        if fault:
            yield pair(line, "", number, fault)
        else:
            yield pair(texts[0], texts[1], number)


def _value(record: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _fault(texts: list[Any], paths: list[tuple[str, ...]]) -> str:
    for text, path in zip(texts, paths, strict=True):
        if not isinstance(text, str):
            return f"no text under {'.'.join(path)}"
        if not _encodable(text):
            return f"half a surrogate pair under {'.'.join(path)}"
    return ""


def _encodable(text: str) -> bool:
    """JSON can write halves of surrogate pairs, which are no characters."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
