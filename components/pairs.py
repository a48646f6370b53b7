"""Reading sentence pairs back from an Examples artifact."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

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
    records = tf.data.TFRecordDataset(record_files(uri, split), compression_type="GZIP")
    for record in records.as_numpy_iterator():
        features = tf.train.Example.FromString(record).features.feature
        yield TextPair(_text(features[SOURCE]), _text(features[TARGET]))


def _text(feature: tf.train.Feature) -> str:
    return feature.bytes_list.value[0].decode("utf-8")
