import pickle
import sqlite3
import threading
import time

import pytest
from matplotlib.figure import Figure
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST

from components.tracking import Outbox, Run, outbox, prepare_store
from components.tracking.store import TRACKING_URI


class Store:
    """Stands where a run stands: keeps what it is told, after ``failures`` errors."""

    id = "a run"

    def __init__(self, failures=0, newest=-1):
        self.failures = failures
        self.newest = newest
        self.told = []
        self.gate = threading.Event()
        self.gate.set()

    def _take(self, *what):
        self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("away")
        self.told.append(what)

    def newest_step(self, name):
        return self.newest

    def log_metrics(self, metrics, step, at):
        self._take(step, metrics)

    def set_tags(self, tags):
        self._take("tags", tags)

    def log_params(self, params):
        raise MlflowException("too long", error_code=1000)

    def log_bytes(self, path, content):
        self._take(path, content[:4])

    def terminate(self, status):
        self._take(status)


def box(store, folder, **options):
    return Outbox(lambda: store, folder, pause=0.01, **{"patience": 5.0, **options})


def metrics_of(store):
    return [(what[0], what[1]) for what in store.told if isinstance(what[0], int)]


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_what_fails_is_tried_again_in_order(failures, tmp_path):
    store = Store(failures)
    with box(store, tmp_path) as written:
        for step in range(5):
            written.log_metrics({"loss": step}, step)
        written.log_figure("picture.png", Figure())
    assert metrics_of(store) == [(step, {"loss": step}) for step in range(5)]
    assert store.told[-2:] == [("picture.png", b"\x89PNG"), ("FINISHED",)]
    assert written.account() == ""
    assert not list(tmp_path.iterdir())


def test_a_store_that_hangs_stops_nobody(tmp_path, capsys):
    store = Store()
    store.gate.clear()
    written = box(store, tmp_path, capacity=3, patience=0.1)
    for step in range(5):
        written.log_metrics({"loss": step}, step)
    written.close()
    said = capsys.readouterr().out
    assert "3 wait in" in said
    assert "2 were lost" in said
    store.gate.set()


def test_what_a_dead_store_did_not_take_the_next_outbox_delivers_first(tmp_path):
    with box(Store(failures=10**9), tmp_path, patience=0.1) as dead:
        dead.log_metrics({"loss": 1.0}, 1)
        dead.log_metrics({"loss": 2.0}, 2)
    assert "3 wait" in dead.account()
    store = Store()
    with box(store, tmp_path) as alive:
        alive.log_metrics({"loss": 2.5}, 2)
        alive.log_metrics({"loss": 3.0}, 3)
    steps = [(step, metrics) for step, metrics in metrics_of(store) if metrics]
    assert steps == [(1, {"loss": 1.0}), (2, {"loss": 2.0}), (3, {"loss": 3.0})]
    assert store.told[-1] == ("FINISHED",)
    assert not list(tmp_path.iterdir())


def test_late_deliveries_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(outbox, "LATE", -1.0)
    with box(Store(), tmp_path) as written:
        written.log_metrics({"loss": 1.0}, 1)
    assert "2 records were delivered late" in written.account()


def test_steps_that_the_run_has_are_not_written_again(tmp_path):
    store = Store(newest=40)
    with box(store, tmp_path) as written:
        for step in (20, 40, 60, 60):
            written.log_metrics({"loss": 1.0}, step)
    assert [step for step, metrics in metrics_of(store) if metrics] == [60]


def test_what_the_store_refuses_is_told_and_holds_up_nothing(tmp_path):
    store = Store()
    with box(store, tmp_path) as written:
        written.log_params({"long": "x"})
        written.set_tags({"after": "it"})
    assert store.told == [("tags", {"after": "it"}), ("FINISHED",)]
    assert "1 were refused (too long)" in written.account()


def test_a_run_that_cannot_be_begun_yet_is_begun_later(tmp_path):
    store, failures = Store(), [1, 1, 1]

    def begin():
        if failures:
            failures.pop()
            raise ConnectionError("away")
        return store

    with Outbox(begin, tmp_path, pause=0.01, patience=5.0) as written:
        written.log_metrics({"loss": 1.0}, 1)
        assert written.run_id == "a run"
    assert metrics_of(store) == [(1, {"loss": 1.0})]


def test_asking_for_the_run_and_closing_share_one_patience(tmp_path):
    def begin():
        raise ConnectionError("away")

    written = Outbox(begin, tmp_path, pause=0.01, patience=2.0)
    started = time.monotonic()
    assert [written.run_id, written.run_id] == ["", ""]
    written.log_metrics({"loss": 1.0}, 1)
    written.close()
    # Spent one by one they would be six seconds, however quick the machine.
    assert 2.0 <= time.monotonic() - started < 5.5


def test_who_asks_for_the_run_does_not_sit_out_a_long_pause(tmp_path):
    asked = threading.Event()

    def begin():
        if not asked.is_set():
            asked.set()
            raise ConnectionError("away")
        return Store()

    with Outbox(begin, tmp_path, pause=3600.0, patience=5.0) as written:
        asked.wait()
        assert written.run_id == "a run"


def test_a_run_that_is_refused_is_not_waited_for(tmp_path):
    def begin():
        raise MlflowException("no such run", error_code=RESOURCE_DOES_NOT_EXIST)

    with Outbox(begin, tmp_path, patience=60.0) as written:
        assert written.run_id == ""
    assert "1 were refused (no such run)" in written.account()


def test_what_waits_is_on_disk_while_the_store_is_away(tmp_path):
    written = box(Store(failures=10**9), tmp_path, patience=0.1)
    written.log_metrics({"loss": 1.0}, 1)
    file = tmp_path / "undelivered.pickle"
    deadline = time.monotonic() + 5
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [method for method, *_ in pickle.loads(file.read_bytes())] == ["log_metrics"]
    written.close()


def test_a_locked_sqlite_store_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setenv(TRACKING_URI, "")
    monkeypatch.delenv(TRACKING_URI)
    prepare_store(tmp_path)
    run = Run.begin("locked", "run")
    other = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None, timeout=30)
    other.execute("BEGIN EXCLUSIVE")
    written = Outbox(lambda: run, tmp_path / "training", pause=0.05, patience=30.0)
    written.log_metrics({"loss": 1.0}, 1)
    written.log_metrics({"loss": 2.0}, 2)
    time.sleep(0.2)
    other.execute("ROLLBACK")
    other.close()
    written.close()
    history = run.client.get_metric_history(run.id, "loss")
    assert [(m.step, m.value) for m in history] == [(1, 1.0), (2, 2.0)]
