"""Ctrl-C and SIGTERM: the loop ends after the update it is in, with a checkpoint."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(Exception):
    """Training was asked to stop and has left a checkpoint; the message says where."""

    def __init__(self, number: int, message: str):
        super().__init__(message)
        self.signal = number


class Requests:
    """The last signal that asked to stop, or None."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def note(self, number: int, frame: FrameType | None) -> None:
        """A handler for ``signal.signal``; who asks twice is not made to wait."""
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number


@contextmanager
def stop_requests() -> Iterator[Requests]:
    """Collect SIGINT and SIGTERM while the block runs, instead of dying of them."""
    requests = Requests()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, requests.note) for number in numbers]
    try:
        yield requests
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
