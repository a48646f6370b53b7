"""Pairs as they were read: Examples that say where a pair came from and what is wrong with it."""

from contextlib import ExitStack

from components.shards import RecordWriter, shard_path
from components.wire import decode_example, encode_example
from corpora.config import SPLITS
from corpora.reading import Chunk, Pair, read
from foundation.examples import CORPUS, SOURCE, TARGET

FILE, LINE, FAULT = "file", "line", "fault"


def encode_raw(pair: Pair) -> bytes:
    """A pair as a serialised Example; texts that no encoding can hold keep what is legible."""
    features = {
        SOURCE: pair.source.encode("utf-8", "replace"),
        TARGET: pair.target.encode("utf-8", "replace"),
        CORPUS: pair.corpus.encode(),
        FILE: pair.file.encode("utf-8", "surrogateescape"),
        LINE: str(pair.line).encode(),
    }
    if pair.fault:
        features[FAULT] = pair.fault.encode("utf-8", "replace")
    return encode_example(features)


def decode_raw(record: bytes, split: str) -> Pair:
    """The pair that encode_raw wrote."""
    features = decode_example(record)
    return Pair(
        features[SOURCE].decode(),
        features[TARGET].decode(),
        features[CORPUS].decode(),
        split,
        features[FILE].decode("utf-8", "surrogateescape"),
        int(features[LINE]),
        features.get(FAULT, b"").decode(),
    )


def encode_clean(source: str, target: str, corpus: str) -> bytes:
    """A pair as a serialised Example without its origin."""
    return encode_example(
        {SOURCE: source.encode(), TARGET: target.encode(), CORPUS: corpus.encode()}
    )


def write_chunk(numbered: tuple[int, Chunk], folder: str) -> dict[str, int]:
    """Reads a chunk and writes a shard for each split of it; returns how many pairs each has.

    The pairs never leave the worker: what Beam moves about are the chunks.
    """
    index, chunk = numbered
    splits = SPLITS if chunk.source.split == "all" else (chunk.source.split,)
    with ExitStack() as stack:
        writers = {
            split: stack.enter_context(RecordWriter(shard_path(folder, split, index)))
            for split in splits
        }
        for pair in read(chunk):
            writers[pair.split].write(encode_raw(pair))
    return {split: writer.count for split, writer in writers.items()}
