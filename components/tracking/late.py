"""What could not be delivered when it was logged, delivered later."""

from pathlib import Path

from components.tracking.outbox import Outbox
from components.tracking.run import Run
from components.tracking.undelivered import UNDELIVERED
from foundation.console import say

# Beside a training's checkpoints: the id of its run.
RUN_NOTE = "mlflow_run"


def deliver_late(trainings: Path) -> None:
    """Deliver what trainings that have ended left behind, as far as the store answers.

    Args:
        trainings: a folder of folders with checkpoints
    """
    for file in sorted(trainings.glob(f"*/{UNDELIVERED}")):
        note = file.with_name(RUN_NOTE)
        if note.exists():
            say(f"  delivering to MLflow what {file.parent.name} left behind")
            with Outbox(lambda note=note: Run.open(note.read_text()), file.parent):
                pass
            # The store is away: the others would wait as long, each in vain.
            if file.exists():
                return
