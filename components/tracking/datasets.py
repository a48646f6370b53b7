"""The data of a run as MLflow datasets: what it was trained and measured on."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from mlflow.entities import Dataset, DatasetInput, InputTag


def describe(split: str, files: Sequence[str], profile: dict[str, int]) -> DatasetInput:
    """A split as MLflow keeps it.

    Args:
        split: train, validation or test
        files: the TFRecord files; the digest is of their content, in any order
        profile: what the split holds, such as pairs and tokens
    """
    sums = sorted(hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files)
    return DatasetInput(
        Dataset(
            name=split,
            digest=hashlib.sha256("".join(sums).encode()).hexdigest()[:16],
            source_type="local",
            source=json.dumps({"files": list(files)}),
            profile=json.dumps(profile),
        ),
        tags=[InputTag("mlflow.data.context", split)],
    )
