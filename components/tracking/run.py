"""A thin hand on one MLflow run."""

import json
import os
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
from matplotlib.figure import Figure
from mlflow.entities import DatasetInput, Metric, Param, RunTag

from components.tracking.store import TRACKING_URI, UNREACHABLE, artifact_location
from foundation.errors import UserError

# The property of a TFX Model artifact that names its MLflow run.
RUN_ID = "mlflow_run_id"
# The tag by which MLflow's pages know tables; a tag has room for about 100 of them.
_TABLES = "mlflow.loggedArtifacts"
LISTED_TABLES = 60


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

    @classmethod
    def require(cls, run_id: str) -> "Run":
        """As :meth:`open`, for those who need the store now.

        Raises:
            UserError: the store does not answer.
        """
        try:
            return cls.open(run_id)
        except UNREACHABLE as error:
            raise UserError(
                f"MLflow at {os.environ[TRACKING_URI]} does not answer: start it, then run the "
                "same command again; all that was computed so far is kept."
            ) from error

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.terminate("FAILED" if kind else "FINISHED")

    def terminate(self, status: str) -> None:
        """Mark the run as FINISHED or FAILED."""
        self.client.set_terminated(self.id, status)

    def log_metrics(
        self, metrics: Mapping[str, float], step: int = 0, at: int | None = None
    ) -> None:
        """Numbers at one step, measured now or ``at`` (Unix milliseconds)."""
        now = int(time.time() * 1000) if at is None else at
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

    def log_bytes(self, path: str, content: bytes) -> None:
        """A file with this content at ``path`` among the run's artifacts."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, Path(path).name)
            file.write_bytes(content)
            self.client.log_artifact(self.id, str(file), str(Path(path).parent))

    def log_table(self, path: str, columns: Mapping[str, Iterable[Any]]) -> None:
        """A table at ``path`` (.json), which MLflow's pages show as one; replaces an older one.

        MLflow's own ``log_table`` appends by reading the whole file, so that its cost grows with
        every call, and doubles the rows when it is tried again.
        """
        rows = [list(row) for row in zip(*columns.values(), strict=True)]
        text = json.dumps({"columns": list(columns), "data": rows}, ensure_ascii=False)
        self.client.log_text(self.id, text, path)
        known = json.loads(self.client.get_run(self.id).data.tags.get(_TABLES, "[]"))
        if path not in (table["path"] for table in known):
            newest = [*known, {"path": path, "type": "table"}][-LISTED_TABLES:]
            self.client.set_tag(self.id, _TABLES, json.dumps(newest))


def _client() -> mlflow.MlflowClient:
    return mlflow.MlflowClient(tracking_uri=os.environ[TRACKING_URI])
