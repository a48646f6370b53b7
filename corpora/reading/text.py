"""Line-aligned text: line n of one file is translated by line n of the other."""

from collections.abc import Iterator

from corpora.reading.lines import chunks, numbered
from corpora.reading.records import Chunk, Pair

__all__ = ["chunks", "read"]


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a chunk."""
    pair = chunk.source.pair
    for number, (source, target) in numbered(chunk):
        yield pair(source, target, number)
