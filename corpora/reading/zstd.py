"""Reading .zst files so that a truncated one is an error; the library's own reader just ends."""

import io
from pathlib import Path
from typing import BinaryIO

import zstandard

_BLOCK = 1 << 17


class _ZstdReader(io.RawIOBase):
    """The decompressed bytes of a file of one or more frames.

    Raises EOFError: the file ends within a frame.
    """

    def __init__(self, path: str):
        self._file = Path(path).open("rb")  # noqa: SIM115 - closed by close()
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._ready:
            block = self._frame.unused_data or self._file.read(_BLOCK)
            if not block:
                if self._begun and not self._frame.eof:
                    raise EOFError("the file ends within a frame")
                return 0
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._begun = True
            self._ready = memoryview(self._frame.decompress(block))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def open_zstd(path: str) -> BinaryIO:
    """The decompressed bytes of a file."""
    return io.BufferedReader(_ZstdReader(path), _BLOCK)
