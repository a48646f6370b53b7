"""What MLflow has not taken yet, on disk beside the checkpoints."""

import pickle
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

UNDELIVERED = "undelivered.pickle"


class Letter(NamedTuple):
    """One write: a method of :class:`Run`, its arguments, when it was posted (Unix seconds)."""

    method: str
    arguments: tuple[Any, ...]
    posted: float


class Undelivered:
    """The letters that wait, in one file of ``folder``; no file where nothing waits."""

    def __init__(self, folder: Path):
        self.file = folder / UNDELIVERED
        self._lock = threading.Lock()

    def read(self) -> list[Letter]:
        """What an earlier outbox left; how that one ended is no longer of interest."""
        if not self.file.exists():
            return []
        letters = [Letter(*parts) for parts in pickle.loads(self.file.read_bytes())]
        return [letter for letter in letters if letter.method != "terminate"]

    def write(self, letters: Sequence[Letter]) -> None:
        """Replace what was written before, at one stroke."""
        with self._lock:
            if not letters:
                self.file.unlink(missing_ok=True)
                return
            self.file.parent.mkdir(parents=True, exist_ok=True)
            new = self.file.with_suffix(".new")
            new.write_bytes(pickle.dumps([tuple(letter) for letter in letters]))
            new.replace(self.file)
