"""One MLflow run for one training, written to by every component that learns something of it."""

from components.tracking.outbox import Outbox
from components.tracking.run import RUN_ID, Run
from components.tracking.store import prepare_store

__all__ = ["RUN_ID", "Outbox", "Run", "prepare_store"]
