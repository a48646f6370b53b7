"""One model's versions: loading, serving and unloading, so that one is always there to answer.

A new version is up before an old one goes; a version that fails to load takes nobody's place; a
version goes only when the last request in it has finished.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol

from serving.inference import Model
from serving.status import Code, ServingError

log = logging.getLogger(__name__)


class ClosableModel(Model, Protocol):
    """A loaded model whose memory can be given back."""

    def close(self) -> None: ...


class State(Enum):
    """A version's life, with TF Serving's names and numbers."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


class VersionStatus(NamedTuple):
    """What the model status service says of one version."""

    version: int
    state: State
    error: ServingError | None


class Retries(NamedTuple):
    """How often a failed load is tried again, and after how many seconds."""

    attempts: int
    interval: float


Load = Callable[[str, int, Path], ClosableModel]


@dataclass
class _Version:
    """The mutable record of one version; guarded by the served model's lock."""

    number: int
    path: Path
    state: State = State.START
    error: ServingError | None = None
    model: ClosableModel | None = None
    wanted: bool = True
    leases: int = 0


class ServedModel:
    """The versions of one model.

    Args:
        name: the model's name.
        load: makes a model of a version's folder, or raises ServingError.
        retries: for loads that fail.
        workers: where loading and unloading run.
    """

    def __init__(self, name: str, load: Load, retries: Retries, workers: Executor):
        self.name = name
        self._load = load
        self._retries = retries
        self._workers = workers
        self._changed = threading.Condition()
        self._versions: dict[int, _Version] = {}
        self._closed = False

    def want(self, paths: Mapping[int, Path]) -> None:
        """Makes these the versions to serve: loads what is missing, unloads what is too many.

        A version that failed is tried again only after it was wanted no more for a while.
        """
        with self._changed:
            idle = {
                version.number
                for version in self._versions.values()
                if version.state is State.END and not (version.wanted and version.error)
            }
            for version in self._versions.values():
                version.wanted = version.number in paths
            for number, path in paths.items():
                if number not in self._versions or number in idle:
                    self._start(number, path)
            self._changed.notify_all()
            self._unload_surplus()

    def _start(self, number: int, path: Path) -> None:
        version = _Version(number, path)
        self._versions[number] = version
        self._workers.submit(self._bring_up, version)

    def _bring_up(self, version: _Version) -> None:
        self._move(version, State.LOADING)
        model, error = self._try_loading(version)
        with self._changed:
            version.model, version.error = model, error
            version.state = State.AVAILABLE if model else State.END
            self._changed.notify_all()
            self._unload_surplus()
        if model:
            log.info("Model %s version %d is available.", self.name, version.number)

    def _try_loading(self, version: _Version) -> tuple[ClosableModel | None, ServingError | None]:
        """Tries until it works, the attempts are used up, or the version is wanted no more."""
        error = None
        for attempt in range(self._retries.attempts + 1):
            if attempt and not self._still_wanted_after_pause(version):
                break
            try:
                return self._load(self.name, version.number, version.path), None
            except ServingError as failure:
                error = failure
            log.error("Model %s version %d did not load: %s", self.name, version.number, error)
        return None, error

    def _still_wanted_after_pause(self, version: _Version) -> bool:
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or not version.wanted, timeout=self._retries.interval
            )
            return not self._closed and version.wanted

    def _unload_surplus(self) -> None:
        """Lets go of versions that nobody wants, keeping one while no wanted one is up."""
        available = [v for v in self._versions.values() if v.state is State.AVAILABLE]
        surplus = sorted((v for v in available if not v.wanted), key=lambda v: v.number)
        someone_wanted = any(v.wanted for v in self._versions.values())
        if someone_wanted and not any(v.wanted for v in available):
            surplus = surplus[:-1]
        for version in surplus:
            version.state = State.UNLOADING
            self._workers.submit(self._take_down, version)

    def _take_down(self, version: _Version) -> None:
        with self._changed:
            self._changed.wait_for(lambda: version.leases == 0)
            model, version.model = version.model, None
        model.close()
        self._move(version, State.END)
        log.info("Model %s version %d is unloaded.", self.name, version.number)

    def _move(self, version: _Version, state: State) -> None:
        with self._changed:
            version.state = state
            self._changed.notify_all()

    @contextmanager
    def lease(self, number: int | None) -> Iterator[tuple[int, Model]]:
        """The version's number and its model, which stays loaded until the block ends.

        Args:
            number: a version, or None for the newest that is available.

        Raises:
            ServingError: NOT_FOUND where it is not available.
        """
        with self._changed:
            version = self._find(number)
            version.leases += 1
        try:
            yield version.number, version.model
        finally:
            with self._changed:
                version.leases -= 1
                if not version.leases:
                    self._changed.notify_all()

    def _find(self, number: int | None) -> _Version:
        candidates = [
            version
            for version in self._versions.values()
            if version.state is State.AVAILABLE and number in (None, version.number)
        ]
        if not candidates:
            raise not_found(self.name, number)
        return max(candidates, key=lambda version: version.number)

    def status(self) -> list[VersionStatus]:
        """All versions that were ever seen, newest first."""
        with self._changed:
            ordered = sorted(self._versions.values(), key=lambda v: v.number, reverse=True)
            return [VersionStatus(v.number, v.state, v.error) for v in ordered]

    def is_available(self, number: int | None = None) -> bool:
        """True where the version (or any) can answer now."""
        with self._changed:
            return any(
                version.state is State.AVAILABLE and number in (None, version.number)
                for version in self._versions.values()
            )

    def wait_until_available(self, timeout: float | None) -> None:
        """Returns when a version is up.

        Raises:
            ServingError: UNKNOWN when every version ended in an error, DEADLINE_EXCEEDED after
                the timeout, CANCELLED when the server closes.
        """
        with self._changed:
            settled = self._changed.wait_for(
                lambda: self._closed or self.is_available() or self._failures(), timeout
            )
            if self.is_available():
                return
            if not settled:
                raise ServingError(
                    Code.DEADLINE_EXCEEDED, f"Model {self.name} is not available yet"
                )
            if self._closed:
                raise ServingError(Code.CANCELLED, "The server is shutting down")
            raise ServingError(Code.UNKNOWN, "; ".join(self._failures()))

    def _failures(self) -> list[str]:
        """One sentence for each wanted version, once all of them have failed."""
        wanted = [version for version in self._versions.values() if version.wanted]
        if not all(version.state is State.END and version.error for version in wanted):
            return []
        return [
            f"model {self.name} version {version.number} did not become available due to error:"
            f" {version.error}"
            for version in wanted
        ]

    def close(self) -> None:
        """Ends all waiting, and unloads every version once its requests have finished."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.want({})


def not_found(name: str, number: int | None) -> ServingError:
    """The error for a model or version that is not there."""
    request = f"Latest({name})" if number is None else f"Specific({name}, {number})"
    return ServingError(Code.NOT_FOUND, f"Servable not found for request: {request}")
