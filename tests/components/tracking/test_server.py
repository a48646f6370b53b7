"""The user's own MLflow server in another process, with PostgreSQL where that is installed."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from components.tracking import Outbox, Run, prepare_store
from components.tracking.store import TRACKING_URI
from tests.pipeline.tracking_server import TrackingServer

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))), None)


def check_everything(folder: Path) -> None:
    """Log one of each through an outbox and read it back over the network."""
    with Outbox(lambda: Run.begin("far", "gru"), folder) as outbox:
        outbox.log_params({"units": 256})
        outbox.log_metrics({"loss": 2.5}, 1)
        outbox.log_figure("figures/empty.png", Figure())
        outbox.log_table("same.json", {"source": ["a"], "output": ["b"]})
    run = Run.open(outbox.run_id)
    run.client.create_registered_model("translator")
    assert outbox.account() == ""
    assert run.newest_step("loss") == 1
    assert [file.path for file in run.client.list_artifacts(run.id, "figures")] == [
        "figures/empty.png"
    ]
    experiment = run.client.get_run(run.id).info.experiment_id
    assert run.client.load_table(experiment, "same.json", [run.id])["output"].tolist() == ["b"]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[TrackingServer]:
    """One for all: on PostgreSQL where that is installed, else on SQLite."""
    folder = tmp_path_factory.mktemp("server")
    with (
        postgres() if POSTGRES and find_spec("psycopg2") else nullcontext() as database,
        TrackingServer(database or f"sqlite:///{folder}/server.db", folder / "artifacts") as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(TRACKING_URI, server.address)
        assert prepare_store(folder / "unused") == server.address
        yield server
        assert not (folder / "unused").exists()


def test_everything_arrives_at_a_server_of_ones_own(server, tmp_path):
    check_everything(tmp_path)


def test_a_server_that_dies_and_comes_back_misses_nothing(server, tmp_path):
    written = Outbox(lambda: Run.begin("far", "gru"), tmp_path, pause=0.2, patience=60.0)
    written.log_metrics({"loss": 1.0}, 1)
    assert written.run_id
    server.stop()
    written.log_metrics({"loss": 2.0}, 2)
    server.start()
    written.close()
    assert Run.open(written.run_id).newest_step("loss") == 2


@contextmanager
def postgres() -> Iterator[str]:
    """A cluster of its own on a Unix socket; PostgreSQL refuses to run as root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        data = f"{folder}/data"

        def run(program: str, *arguments: str) -> None:
            command = [*user, f"{POSTGRES}/{program}", *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses= -c fsync=off -k {folder}"
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg2://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
