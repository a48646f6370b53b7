"""Files on other filesystems than this disk's: copied into the cache before they are read."""

import hashlib
import re
import shutil
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from corpora.reading.streams import sentences
from foundation.errors import UserError

_BLOCK = 1 << 20
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


class Found(NamedTuple):
    """A file that matches a pattern; another version of it differs in size or in time.

    updated: when it was written, in seconds.
    """

    path: str
    size: int
    updated: float


class Filesystem(Protocol):
    """What is asked of a filesystem, or of several behind one name."""

    def match(self, pattern: str) -> list[Found]:
        """The files of a glob. Raises UserError: no such filesystem, no access."""

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file as they are. Raises UserError: as match."""


def scheme(path: str) -> str:
    """``gs`` of ``gs://bucket/file``; empty for a path on this disk."""
    found = _SCHEME.match(path)
    return found.group(1).lower() if found else ""


def copied(pattern: str, filesystem: Filesystem, cache: Path) -> list[str]:
    """The local copies of the files of a glob, sorted by name; each version is copied once.

    Raises UserError: no file matches, or one cannot be read.
    """
    found = sorted(filesystem.match(pattern))
    if not found:
        raise UserError(f"{pattern} does not exist; correct it in the configuration.")
    return [_copy(file, filesystem, cache) for file in found]


def _copy(file: Found, filesystem: Filesystem, cache: Path) -> str:
    version = hashlib.blake2b(repr(tuple(file)).encode(), digest_size=8).hexdigest()
    complete = cache / version / file.path.rpartition("/")[2]
    if not complete.exists():
        complete.parent.mkdir(parents=True, exist_ok=True)
        partial = complete.with_name(complete.name + ".partial")
        with sentences(file.path), filesystem.open(file.path) as stream, partial.open("wb") as copy:
            shutil.copyfileobj(stream, copy, _BLOCK)
        if partial.stat().st_size != file.size:
            partial.unlink()
            raise UserError(f"{file.path} has changed while it was copied; run again.")
        partial.replace(complete)
    return str(complete)
