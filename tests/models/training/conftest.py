"""Transformed examples on disk and a translator of a few hundred parameters."""

import pytest

from tests.models.training.tiny import write_examples


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Training and validation files of a toy language: the target is the source, reversed."""
    from models.training.trainer import Data

    folder = tmp_path_factory.mktemp("examples")
    return Data(
        train=write_examples(folder / "train", pairs=60, shards=2, seed=1),
        validation=write_examples(folder / "validation", pairs=12, shards=1, seed=2),
    )
