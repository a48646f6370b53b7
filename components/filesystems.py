"""Beam's filesystems (gs, s3, hdfs, or any that is registered) for the files of corpora."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

from corpora.elsewhere import Found, scheme
from foundation.errors import UserError


class BeamFilesystem:
    """Every filesystem that Beam knows in this process, by the scheme of the path."""

    def match(self, pattern: str) -> list[Found]:
        """The files of a glob. Raises UserError: no such filesystem, no access."""
        with _sentences(pattern):
            [result] = FileSystems.match([pattern])
            return [
                Found(file.path, file.size_in_bytes, file.last_updated_in_seconds or 0.0)
                for file in result.metadata_list
            ]

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file as they are. Raises UserError: as match."""
        with _sentences(path):
            return FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)


@contextmanager
def _sentences(path: str) -> Iterator[None]:
    try:
        yield
    except (BeamIOError, OSError) as error:
        raise UserError(f"{path} cannot be read ({error}); look at its name and rights.") from error
    except (ValueError, ImportError) as error:
        raise UserError(
            f"{path}: Beam has no filesystem for {scheme(path)}:// here; correct the path, or "
            "install Beam's extra for it, as apache-beam[gcp] for gs:// and [aws] for s3://."
        ) from error
