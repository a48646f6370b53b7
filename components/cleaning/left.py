"""The pairs that are left between the two passes, pickled: read once, by the same program."""

import pickle
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

from components.raw_pairs import encode_clean
from components.shards import created, opened
from corpora.reading import Pair

_AT_ONCE = 1000


class Left(NamedTuple):
    """A pair that may be kept, and the record that is then written."""

    pair: Pair
    record: bytes


class LeftWriter:
    """Writes pairs, encoded already, so that the second pass only copies."""

    def __init__(self, path: str):
        self._stack = ExitStack()
        self._file = self._stack.enter_context(created(path))
        self._pending: list[tuple[tuple, bytes]] = []

    def write(self, pair: Pair) -> None:
        """Add a pair; many are written at once."""
        self._pending.append((tuple(pair), encode_clean(pair)))
        if len(self._pending) == _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        pickle.dump(self._pending, self._file, pickle.HIGHEST_PROTOCOL)
        self._pending = []

    def __enter__(self) -> "LeftWriter":
        return self

    def __exit__(self, *error) -> None:
        self._flush()
        self._stack.close()


def read_left(path: str) -> Iterator[Left]:
    """The pairs that a LeftWriter wrote; its last batch is the one that is not full."""
    with opened(path) as file:
        full = True
        while full:
            batch = pickle.load(file)
            full = len(batch) == _AT_ONCE
            for pair, record in batch:
                yield Left(Pair(*pair), record)
