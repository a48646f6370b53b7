"""One network, one problem, few updates: the table, the nested runs and the pictures."""

import json

import mlflow
import pytest

from components.tracking.store import TRACKING_URI
from pipeline import lens


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lens")
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TRACKING_URI, f"sqlite:///{folder}/mlflow.db")
        patch.setattr(lens, "REMEDIES", lens.REMEDIES[-2:])
        patch.setattr(lens, "_PROBLEMS", lens._PROBLEMS[:1])
        patch.setattr(lens, "_QUICK", {6: 2})
        patch.setattr(lens.os, "cpu_count", lambda: 1)
        patch.setattr(lens, "say", lines.append)
        lens.compare_networks(folder / "pictures", quick=True)
        yield folder, lines, mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")


def test_progress_then_a_row_for_each_network_then_where_to_look(outcome):
    folder, lines, _ = outcome
    assert lines[0].startswith("2 trainings")
    assert [line.split()[0] for line in lines[1:3]] == ["1/2", "2/2"]
    assert lines[3].startswith("\nAdding problem, T = 6, at most 2 updates")
    assert lines[4].split() == ["network", "half-life", "trained", "bound", "error", "solved"]
    assert [line.split()[0] for line in lines[5:7]] == ["LSTM", "GRU"]
    assert all(line.endswith("not within 2 updates") for line in lines[5:7])
    assert f"pictures in {folder / 'pictures'}; make ui" in lines[7]
    assert len(lines) == 8


def test_nested_runs_with_the_gradient_at_every_distance(outcome):
    _, _, client = outcome
    experiment = client.get_experiment_by_name("gradient lens")
    runs = client.search_runs([experiment.experiment_id])
    parent = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert len(runs) == 3
    assert len(parent) == 1
    nested = [run for run in runs if run.info.run_id != parent[0].info.run_id]
    assert {run.data.tags["mlflow.parentRunId"] for run in nested} == {parent[0].info.run_id}
    assert all(run.data.params["steps"] == "6" for run in nested)


def test_pictures_for_light_and_dark_pages(outcome):
    folder, _, _ = outcome
    names = {path.name for path in (folder / "pictures").iterdir()}
    assert names == {"adding-6-light.png", "adding-6-dark.png", "adding-6.json"}


def test_the_measurements_are_kept_beside_the_pictures(outcome):
    folder, _, _ = outcome
    data = json.loads((folder / "pictures" / "adding-6.json").read_text())
    assert list(data) == ["LSTM", "GRU"]
    assert all(len(norms) == 6 for lines in data.values() for norms in lines.values())
