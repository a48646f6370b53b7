"""Runs the DAG in this process and tells the user what happens."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfx import v1 as tfx

from components.tracking import prepare_store
from components.tracking.late import deliver_late
from foundation.console import say
from foundation.errors import UserError
from pipeline.beam import beam
from pipeline.config import Config
from pipeline.dag import build_pipeline
from pipeline.narration import narrated
from pipeline.paths import MLFLOW, Paths
from pipeline.record import record
from pipeline.summary import summarise


def run_locally(
    config: Config, config_file: Path, paths: Paths, corpus_folder: Path | None = None
) -> None:
    """Run all components with TFX's LocalDagRunner, then print the summary.

    Args:
        config: the configuration
        config_file: where it was read from, for the summary
        paths: the folders of the pipeline
        corpus_folder: takes the place of ``corpora.folder``

    Raises:
        UserError: something that the user can mend.
    """
    started = time.monotonic()
    prepare_store(MLFLOW)
    say(f"Throughline · {config.name} · log: {_relative(paths.log)}")
    with _alone(paths), narrated(paths.metadata), beam(config.beam):
        deliver_late(paths.training)
        pipeline = build_pipeline(config, paths, corpus_folder)
        tfx.orchestration.LocalDagRunner().run(pipeline)
        record(config, config_file, paths)
        nodes = [component.id for component in pipeline.components]
        summarise(nodes, config_file, paths, seconds=time.monotonic() - started)


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


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
