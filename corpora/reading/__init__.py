"""Reading sentence pairs from files: sources are cut into chunks, chunks are read in parallel."""

from collections.abc import Iterator
from types import ModuleType

from corpora.reading import columnar, csv, jsonl, po, text, tmx, tsv, xliff
from corpora.reading.records import Chunk, Pair, Source

_READERS: dict[str, ModuleType] = {
    "text": text,
    "tsv": tsv,
    "csv": csv,
    "jsonl": jsonl,
    "tmx": tmx,
    "xliff": xliff,
    "po": po,
    "parquet": columnar,
    "arrow": columnar,
}


def chunks(source: Source) -> Iterator[Chunk]:
    """The pieces of a source that can be read independently, after a check of its files.

    Raises UserError: names the file, the place in it, and the remedy.
    """
    return _READERS[source.corpus.format].chunks(source)


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a chunk, in the order of the file; those with a fault cannot be used.

    Raises UserError: names the file, the place in it, and the remedy.
    """
    return _READERS[chunk.source.corpus.format].read(chunk)


def read_pairs(source: Source) -> Iterator[Pair]:
    """All pairs of a source in this process."""
    for chunk in chunks(source):
        yield from read(chunk)


__all__ = ["Chunk", "Pair", "Source", "chunks", "read", "read_pairs"]
