"""Pairs as they were read: Examples that say where a pair came from and what is wrong with it."""

from contextlib import ExitStack

from components.shards import RecordWriter, shard_path
from components.wire import decode_example, encode_example
from corpora.config import SPLITS, HashedSplits
from corpora.reading import Chunk, Pair, read
from corpora.splits import smallest_fractions
from foundation.examples import CORPUS, SOURCE, TARGET

# Line, fault and file of a pair in one feature, with tabs between; only the file may hold tabs.
ORIGIN = "origin"
# A file that cannot be cut into chunks still becomes many shards, for the steps that follow.
SHARD_PAIRS = 20_000


def encode_raw(pair: Pair) -> bytes:
    """A pair as a serialised Example; texts that no encoding can hold keep what is legible."""
    origin = f"{pair.line}\t{pair.fault.replace(chr(9), ' ')}\t{pair.file}"
    return encode_example(
        {
            SOURCE: pair.source.encode("utf-8", "replace"),
            TARGET: pair.target.encode("utf-8", "replace"),
            CORPUS: pair.corpus.encode(),
            ORIGIN: origin.encode("utf-8", "surrogateescape"),
        }
    )


def decode_raw(record: bytes, split: str) -> Pair:
    """The pair that encode_raw wrote."""
    features = decode_example(record)
    line, fault, file = features[ORIGIN].decode("utf-8", "surrogateescape").split("\t", 2)
    return Pair(
        features[SOURCE].decode(),
        features[TARGET].decode(),
        features[CORPUS].decode(),
        split,
        file,
        int(line),
        fault,
    )


def encode_clean(pair: Pair) -> bytes:
    """A pair as a serialised Example without its origin."""
    return encode_example(
        {
            SOURCE: pair.source.encode(),
            TARGET: pair.target.encode(),
            CORPUS: pair.corpus.encode(),
        }
    )


def write_chunk(numbered: tuple[int, Chunk], folder: str, splits: HashedSplits) -> dict[str, int]:
    """Reads a chunk and writes shards for each split of it; returns how many pairs each has.

    The pairs never leave the worker: what Beam moves about are the chunks.
    """
    index, chunk = numbered
    chunk = chunk._replace(source=chunk.source._replace(splits=splits))
    names = SPLITS if chunk.source.split == "all" else (chunk.source.split,)
    with ExitStack() as stack:
        writers = {
            split: stack.enter_context(_ShardWriter(folder, split, index)) for split in names
        }
        for pair in read(chunk):
            writers[pair.split].write(encode_raw(pair))
    return {split: writer.count for split, writer in writers.items()}


def chunk_fractions(chunk: Chunk, count: int) -> list[float]:
    """The smallest fractions of a chunk's sources; see corpora.splits."""
    return smallest_fractions((pair.source for pair in read(chunk)), count)


class _ShardWriter:
    """Writes the records of a chunk and split, and begins a new shard when one is full."""

    def __init__(self, folder: str, split: str, index: int):
        self._place = (folder, split, index)
        self._shard = RecordWriter(shard_path(*self._place, 0))
        self.count = 0

    def write(self, record: bytes) -> None:
        """Add a record."""
        if self.count and self.count % SHARD_PAIRS == 0:
            self._shard.close()
            self._shard = RecordWriter(shard_path(*self._place, self.count // SHARD_PAIRS))
        self._shard.write(record)
        self.count += 1

    def __enter__(self) -> "_ShardWriter":
        return self

    def __exit__(self, *error) -> None:
        self._shard.close()
