"""Opening files, plain or compressed, with one clear sentence for what is wrong with them."""

import bz2
import gzip
import lzma
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zstandard

from corpora.reading.zstd import open_zstd
from foundation.errors import UserError


class Compression(NamedTuple):
    """A compression: how a file of it begins, and how it is opened."""

    name: str
    magic: bytes
    open: Callable[[str], BinaryIO]


COMPRESSIONS = {
    ".gz": Compression("gzip", b"\x1f\x8b", gzip.open),
    ".bz2": Compression("bzip2", b"BZh", bz2.open),
    ".xz": Compression("xz", b"\xfd7zXZ\x00", lzma.open),
    ".zst": Compression("zstandard", b"\x28\xb5\x2f\xfd", open_zstd),
}
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, gzip.BadGzipFile)


def compression(path: str) -> Compression | None:
    """The compression that a file's name tells."""
    return COMPRESSIONS.get(Path(path).suffix)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The decompressed bytes of a file.

    Raises UserError, also while the block reads: no such file, a folder, no permission, not what
    its ending says, truncated or damaged.
    """
    with sentences(path):
        packed = compression(path)
        _check_magic(path, packed)
        with packed.open(path) if packed else Path(path).open("rb") as stream:
            yield stream


@contextmanager
def local_copy(path: str) -> Iterator[str]:
    """A path of the decompressed file, for libraries that read by path and jump in the file."""
    if compression(path) is None:
        with opened(path):
            yield path
        return
    with opened(path) as stream, tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        yield copy.name


@contextmanager
def sentences(path: str) -> Iterator[None]:
    """Turns what the system or a decompressor says about a file into a UserError."""
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{path} does not exist; correct the name or put it there.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder; name a file, or {path}/* for all in it.") from error
    except PermissionError as error:
        raise UserError(f"{path} may not be read; change its permissions.") from error
    except _BROKEN as error:
        raise UserError(
            f"{path} is truncated or damaged ({error}); fetch or compress it again."
        ) from error
    except OSError as error:
        # bz2 has no exception of its own: damaged data is an OSError without a number.
        problem = "cannot be read" if error.errno else "is truncated or damaged"
        raise UserError(
            f"{path} {problem} ({error.strerror or error}); fetch or copy it again."
        ) from error


def _check_magic(path: str, packed: Compression | None) -> None:
    with Path(path).open("rb") as file:
        begin = file.read(8)
    if packed and begin and not begin.startswith(packed.magic):
        raise UserError(
            f"{path} is not {packed.name} though its name ends in {Path(path).suffix}; "
            "correct the ending."
        )
    if packed:
        return
    for ending, other in COMPRESSIONS.items():
        if begin.startswith(other.magic) and other.magic != b"BZh":
            raise UserError(f"{path} is {other.name}; let its name end in {ending}.")
