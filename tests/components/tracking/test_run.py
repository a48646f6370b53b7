"""Against a real SQLite store."""

import json
from pathlib import Path

import mlflow
import pytest
from matplotlib.figure import Figure

from components.tracking import Run, prepare_store
from components.tracking.store import TRACKING_URI, artifact_location


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING_URI, raising=False)
        # Set and delete, so that the patch also undoes what prepare_store sets.
        patch.setenv(TRACKING_URI, "")
        patch.delenv(TRACKING_URI)
        prepare_store(folder)
        yield folder


def stored(run: Run) -> mlflow.entities.Run:
    return run.client.get_run(run.id)


def test_a_run_keeps_what_is_logged(store):
    with Run.begin("sample", "gru") as run:
        run.log_params({"units": 256, "long": "x" * 7000})
        run.log_metrics({"loss": 2.5}, step=1)
        run.log_metrics({"loss": 1.5}, step=2)
        run.set_tags({"pair": "en-de"})
        run.log_json("data/digest.json", {"train": "abc"})
        run.log_figure("figures/empty.png", Figure())
        run.log_table("samples.json", {"source": ["a"], "output": ["b"]})
    assert stored(run).info.status == "FINISHED"
    assert stored(run).data.params["units"] == "256"
    assert stored(run).data.tags["pair"] == "en-de"
    history = run.client.get_metric_history(run.id, "loss")
    assert [(m.step, m.value) for m in history] == [(1, 2.5), (2, 1.5)]
    files = {item.path for item in run.client.list_artifacts(run.id, "figures")}
    assert files == {"figures/empty.png"}
    written = list((store / "artifacts").rglob("digest.json"))
    assert json.loads(written[0].read_text()) == {"train": "abc"}


def test_an_exception_marks_the_run_as_failed(store):
    with pytest.raises(KeyError), Run.begin("sample", "gru") as run:
        raise KeyError
    assert stored(run).info.status == "FAILED"


def test_a_run_goes_on_where_it_was_opened_again(store):
    with Run.begin("sample", "gru") as first:
        first.log_metrics({"loss": 3.0}, step=1)
    with Run.open(first.id) as second:
        assert stored(second).info.status == "RUNNING"
        second.log_metrics({"loss": 2.0}, step=2)
    assert first.newest_step("loss") == 2
    assert first.newest_step("accuracy") == -1
    assert [m.step for m in first.client.get_metric_history(first.id, "loss")] == [1, 2]


def test_nested_runs_name_their_parent(store):
    with Run.begin("sample", "parent") as parent, Run.begin("sample", "c", parent.id) as child:
        assert stored(child).data.tags["mlflow.parentRunId"] == parent.id


def test_the_users_own_server_is_respected(monkeypatch, tmp_path):
    monkeypatch.setenv(TRACKING_URI, "http://127.0.0.1:1")
    assert prepare_store(tmp_path) == "http://127.0.0.1:1"
    assert artifact_location("http://127.0.0.1:1") is None
