"""Where a run writes: everything is under ``runs/``, which ``make clean`` removes."""

from pathlib import Path
from typing import NamedTuple

RUNS = Path("runs")
MLFLOW = RUNS / "mlflow"


class Paths(NamedTuple):
    """The folders of one pipeline, all absolute."""

    root: Path
    metadata: Path
    training: Path
    serving: Path
    log: Path
    cache: Path

    @classmethod
    def of(cls, name: str, model_name: str) -> "Paths":
        """The folders of the pipeline ``name``."""
        base = (RUNS / name).resolve()
        return cls(
            root=base / "pipeline",
            metadata=base / "metadata.sqlite",
            training=base / "training",
            serving=base / "serving" / model_name,
            log=base / "log.txt",
            cache=(RUNS / "corpora").resolve(),
        )
