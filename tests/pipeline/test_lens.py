"""One network, one problem, few updates: the table, the nested runs and the pictures."""

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
        patch.setattr(lens, "_PROBLEMS", ("adding",))
        patch.setattr(lens, "_QUICK", {6: 2})
        patch.setattr(lens, "say", lines.append)
        lens.compare_networks(folder / "pictures", quick=True)
        yield folder, lines, mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")


def test_a_row_for_each_network(outcome):
    _, lines, _ = outcome
    assert lines[0].split() == [
        *("network", "problem", "T", "half-life", "trained", "bound", "loss", "solved")
    ]
    assert len(lines) == 4
    assert all("adding" in line for line in lines[1:3])


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
    assert names == {"adding-6-light.png", "adding-6-dark.png"}
