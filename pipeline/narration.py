"""One console line a component, with its time."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from absl import logging as absl_logging

from foundation.console import say
from pipeline.history import was_cached


class _Narrator(logging.Handler):
    """Turns TFX's log records of a component's start and end into console lines."""

    def __init__(self, metadata: Path):
        super().__init__(logging.INFO)
        self._metadata = metadata
        self._started = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == "Component %s is running.":
            self._started = time.monotonic()
        elif record.msg == "Component %s is finished.":
            (node,) = record.args
            seconds = time.monotonic() - self._started
            word = "cached" if was_cached(self._metadata, node) else f"{seconds:.1f} s"
            say(f"{node:<22}{word:>9}")


@contextmanager
def narrated(metadata: Path) -> Iterator[None]:
    """Tell the user about every component while the block runs.

    Args:
        metadata: the SQLite metadata store, which knows what was cached
    """
    logger = absl_logging.get_absl_logger()
    narrator = _Narrator(metadata)
    absl_logging.set_verbosity(absl_logging.INFO)
    logger.addHandler(narrator)
    try:
        yield
    finally:
        logger.removeHandler(narrator)
