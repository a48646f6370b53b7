"""Runs the DAG in this process and tells the user what happens."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from absl import logging as absl_logging
from tfx import v1 as tfx

from components.tracking import prepare_store
from foundation.console import say
from foundation.errors import UserError
from pipeline.config import Config
from pipeline.dag import build_pipeline
from pipeline.history import was_cached
from pipeline.paths import MLFLOW, Paths
from pipeline.summary import summarise


def run_locally(config: Config, config_file: Path, paths: Paths) -> None:
    """Run all components with TFX's LocalDagRunner, then print the summary.

    Args:
        config: the configuration
        config_file: where it was read from, for the summary
        paths: the folders of the pipeline

    Raises:
        UserError: something that the user can mend.
    """
    started = time.monotonic()
    prepare_store(MLFLOW)
    say(f"Throughline · {config.name} · log: {_relative(paths.log)}")
    with _alone(paths), _narrated(paths):
        pipeline = build_pipeline(config, paths)
        tfx.orchestration.LocalDagRunner().run(pipeline)
        summarise(config, config_file, paths, seconds=time.monotonic() - started)


@contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    """Two runs of one pipeline would write to the same folders."""
    paths.root.mkdir(parents=True, exist_ok=True)
    with (paths.root.parent / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                f"another run of {paths.root.parent.name} is going on: wait for it or stop it."
            ) from error
        yield


class _Narrator(logging.Handler):
    """Turns TFX's log records of a component's start and end into console lines."""

    def __init__(self, paths: Paths):
        super().__init__(logging.INFO)
        self._paths = paths
        self._started = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == "Component %s is running.":
            self._started = time.monotonic()
        elif record.msg == "Component %s is finished.":
            (node,) = record.args
            seconds = time.monotonic() - self._started
            word = "cached" if was_cached(self._paths.metadata, node) else f"{seconds:.1f} s"
            say(f"{node:<22}{word:>9}")


@contextmanager
def _narrated(paths: Paths) -> Iterator[None]:
    logger = absl_logging.get_absl_logger()
    narrator = _Narrator(paths)
    absl_logging.set_verbosity(absl_logging.INFO)
    logger.addHandler(narrator)
    try:
        yield
    finally:
        logger.removeHandler(narrator)


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
