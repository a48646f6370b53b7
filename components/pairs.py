"""Reading sentence pairs back from an Examples artifact."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from components.shards import read_records
from components.wire import decode_example
from foundation.examples import SOURCE, TARGET


class TextPair(NamedTuple):
    """One sentence in both languages."""

    source: str
    target: str


def record_files(uri: str, split: str) -> list[str]:
    """The gzipped TFRecord files of one split, sorted by name."""
    return sorted(str(path) for path in Path(uri, f"Split-{split}").glob("*.gz"))


def read_pairs(uri: str, split: str) -> Iterator[TextPair]:
    """The raw sentence pairs of one split, in the order of files and records."""
    for path in record_files(uri, split):
        for record in read_records(path):
            features = decode_example(record)
            yield TextPair(features[SOURCE].decode("utf-8"), features[TARGET].decode("utf-8"))
