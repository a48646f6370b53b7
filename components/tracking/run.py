"""A thin hand on one MLflow run."""

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
from matplotlib.figure import Figure
from mlflow.entities import DatasetInput, Metric, Param, RunTag

from components.tracking.store import TRACKING_URI, artifact_location

# The property of a TFX Model artifact that names its MLflow run.
RUN_ID = "mlflow_run_id"


class Run:
    """Writes to one MLflow run by its id; nothing global is active.

    Use :meth:`begin` for a new run, :meth:`open` for one that exists, both as context managers:
    leaving marks the run as finished, or as failed when an exception leaves with it.
    """

    def __init__(self, client: mlflow.MlflowClient, run_id: str):
        self.id = run_id
        self.client = client

    @classmethod
    def begin(cls, experiment: str, name: str, parent: str | None = None) -> "Run":
        """Create a run; ``parent`` is the id of the run that it is nested in."""
        client = _client()
        found = client.get_experiment_by_name(experiment)
        experiment_id = (
            found.experiment_id
            if found
            else client.create_experiment(
                experiment, artifact_location=artifact_location(os.environ[TRACKING_URI])
            )
        )
        tags = {"mlflow.parentRunId": parent} if parent else {}
        run = client.create_run(experiment_id, run_name=name, tags=tags)
        return cls(client, run.info.run_id)

    @classmethod
    def open(cls, run_id: str) -> "Run":
        """Go on with a run that exists."""
        client = _client()
        client.set_terminated(run_id, "RUNNING")
        return cls(client, run_id)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.client.set_terminated(self.id, "FAILED" if kind else "FINISHED")

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Numbers at one step."""
        now = int(time.time() * 1000)
        rows = [Metric(name, float(value), now, step) for name, value in metrics.items()]
        self.client.log_batch(self.id, metrics=rows, synchronous=True)

    def newest_step(self, name: str) -> int:
        """The largest step at which the metric was logged; -1 where it never was."""
        history = self.client.get_metric_history(self.id, name)
        return max((metric.step for metric in history), default=-1)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Parameters; a value longer than MLflow keeps is cut."""
        rows = [Param(name, str(value)[:6000]) for name, value in params.items()]
        self.client.log_batch(self.id, params=rows)

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Tags, a later one replaces an earlier one."""
        self.client.log_batch(self.id, tags=[RunTag(k, v) for k, v in tags.items()])

    def log_datasets(self, datasets: Sequence[DatasetInput]) -> None:
        """What the run read."""
        self.client.log_inputs(self.id, datasets)

    def log_file(self, folder: str, path: Path) -> None:
        """A copy of a file in ``folder`` among the run's artifacts."""
        self.client.log_artifact(self.id, str(path), folder)

    def log_figure(self, path: str, figure: Figure) -> None:
        """A picture at ``path`` among the run's artifacts (.png)."""
        self.client.log_figure(self.id, figure, path)

    def log_json(self, path: str, value: Any) -> None:
        """Data at ``path`` among the run's artifacts."""
        text = json.dumps(value, indent=2, ensure_ascii=False)
        self.client.log_text(self.id, text, path)

    def log_text(self, path: str, text: str) -> None:
        """Text at ``path`` among the run's artifacts."""
        self.client.log_text(self.id, text, path)

    def log_table(self, path: str, columns: Mapping[str, Iterable[Any]]) -> None:
        """Rows appended to the table at ``path`` (.json), which MLflow's pages show as one."""
        self.client.log_table(self.id, {k: list(v) for k, v in columns.items()}, path)


def _client() -> mlflow.MlflowClient:
    return mlflow.MlflowClient(tracking_uri=os.environ[TRACKING_URI])
