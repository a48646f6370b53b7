"""Where MLflow keeps runs: a SQLite file and a folder under runs/, or the user's own server."""

import os
from pathlib import Path

from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

TRACKING_URI = "MLFLOW_TRACKING_URI"
# MLflow's client tries for minutes by default; the outbox has its own, patient retries.
_CLIENT = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
# What an unreachable, slow or locked store raises; requests' errors are OSErrors.
UNREACHABLE = (MlflowException, SQLAlchemyError, OSError)


def prepare_store(folder: Path) -> str:
    """Point MLflow at ``folder`` unless MLFLOW_TRACKING_URI says otherwise; return the URI.

    Every component reads the address from the environment, so that it is no part of any
    cache key: moving the store makes nothing run again.
    """
    for name, value in _CLIENT.items():
        os.environ.setdefault(name, value)
    if TRACKING_URI not in os.environ:
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[TRACKING_URI] = f"sqlite:///{folder.resolve()}/mlflow.db"
    return os.environ[TRACKING_URI]


def artifact_location(tracking_uri: str) -> str | None:
    """The artifact folder beside a SQLite store; None where a server decides.

    MLflow's own default is ``./mlruns`` of the current folder.
    """
    if not tracking_uri.startswith("sqlite:///"):
        return None
    database = Path(tracking_uri.removeprefix("sqlite:///"))
    return (database.parent / "artifacts").as_uri()
