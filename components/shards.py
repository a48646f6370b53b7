"""Shards of an Examples artifact, on any filesystem that Beam reads, without TensorFlow."""

import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from components.wire import frame, frames

_RECORDS_AT_ONCE = 1000
_BLOCK = 1 << 18


@contextmanager
def created(path: str) -> Iterator[BinaryIO]:
    """A new file, whose folder is made where it is missing."""
    folder = FileSystems.split(path)[0]
    if not FileSystems.exists(folder):
        _make_folder(folder)
    with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
        yield file


def _make_folder(folder: str) -> None:
    try:
        FileSystems.mkdirs(folder)
    except OSError:
        # Another worker may have made it in between.
        if not FileSystems.exists(folder):
            raise


def opened(path: str) -> BinaryIO:
    """A file as its bytes are."""
    return FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)


class RecordWriter:
    """Writes a gzipped TFRecord file; ``count`` is how many records it has taken.

    Compressed at the fastest level, since the file is read again within minutes.
    """

    def __init__(self, path: str):
        self._stack = ExitStack()
        file = self._stack.enter_context(created(path))
        self._packed = self._stack.enter_context(gzip.GzipFile("", "wb", 1, file, mtime=0))
        self._pending: list[bytes] = []
        self.count = 0

    def write(self, record: bytes) -> None:
        """Add a record; many are compressed at once."""
        self._pending.append(frame(record))
        self.count += 1
        if len(self._pending) == _RECORDS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._packed.write(b"".join(self._pending))
        self._pending = []

    def __enter__(self) -> "RecordWriter":
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def close(self) -> None:
        """Write what is pending and close the file."""
        self._flush()
        self._stack.close()


def read_records(path: str) -> Iterator[bytes]:
    """The records of a gzipped TFRecord file."""
    with opened(path) as file, gzip.GzipFile(fileobj=file) as packed:
        yield from frames(io.BufferedReader(packed, _BLOCK))


def shard_path(folder: str, split: str, *indices: int) -> str:
    """Where a shard of a split lies; names sort in the order of their indices."""
    number = "-".join(f"{index:06d}" for index in indices)
    return FileSystems.join(folder, f"Split-{split}", f"data_tfrecord-{number}.gz")


def shard_paths(folder: str, split: str) -> list[str]:
    """The shards of a split in the order of their names."""
    [found] = FileSystems.match([FileSystems.join(folder, f"Split-{split}", "*.gz")])
    return sorted(metadata.path for metadata in found.metadata_list)
