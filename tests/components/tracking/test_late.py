"""Whoever comes after a training delivers what it could not, or says that MLflow is away."""

from functools import partial

import pytest

from components.tracking import Outbox, Run, late, prepare_store
from components.tracking.late import RUN_NOTE, deliver_late
from components.tracking.store import TRACKING_URI
from components.tracking.undelivered import UNDELIVERED
from foundation.errors import UserError


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.delenv(TRACKING_URI, raising=False)
    return prepare_store(tmp_path / "mlflow")


def away():
    raise ConnectionError("nobody there")


def test_what_a_training_left_behind_arrives(store, tmp_path):
    training = tmp_path / "training" / "one"
    with Run.begin("late", "tiny") as run:
        pass
    with Outbox(away, training, pause=0.01, patience=0.1) as outbox:
        outbox.log_metrics({"loss": 2.0}, 7)
    (training / RUN_NOTE).write_text(run.id)
    deliver_late(tmp_path / "training")
    history = run.client.get_metric_history(run.id, "loss")
    assert [(metric.step, metric.value) for metric in history] == [(7, 2.0)]
    assert run.client.get_run(run.id).info.status == "FINISHED"
    assert [file.name for file in training.iterdir()] == [RUN_NOTE]


def test_a_training_without_a_run_waits_for_its_trainer(store, tmp_path):
    training = tmp_path / "training" / "one"
    with Outbox(away, training, pause=0.01, patience=0.1) as outbox:
        outbox.log_metrics({"loss": 2.0}, 7)
    assert outbox.run_id == ""
    left = (training / UNDELIVERED).read_bytes()
    deliver_late(tmp_path / "training")
    assert (training / UNDELIVERED).read_bytes() == left


def test_a_store_that_is_away_is_waited_for_once(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Run, "open", lambda _: away())
    monkeypatch.setattr(late, "Outbox", partial(Outbox, pause=0.01, patience=0.1))
    for name in ("one", "two"):
        with Outbox(away, tmp_path / name, pause=0.01, patience=0.1) as outbox:
            outbox.log_metrics({"loss": 2.0}, 7)
        (tmp_path / name / RUN_NOTE).write_text("0123")
    capsys.readouterr()
    deliver_late(tmp_path)
    assert capsys.readouterr().out.count("left behind") == 1
    assert all((tmp_path / name / UNDELIVERED).exists() for name in ("one", "two"))


def test_who_needs_the_store_now_is_told_that_it_is_away(tmp_path, monkeypatch):
    monkeypatch.setenv(TRACKING_URI, "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(UserError, match=r"http://127\.0\.0\.1:9 does not answer"):
        Run.require("0123")
