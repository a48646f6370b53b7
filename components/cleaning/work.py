"""What the workers of the cleaning know, and the files that they leave for each other."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from apache_beam.io.filesystems import FileSystems
from numpy.typing import NDArray

from components.shards import created, opened
from corpora.reading import Pair
from corpora.rules.config import CleaningConfig
from corpora.rules.report import Place
from foundation.languages import Languages
from foundation.settings import Settings

# Longer texts are cut in the rejects file, which people read.
_LONGEST_REJECT = 1000


class Task(Settings):
    """The settings of a cleaning; ``weights`` by corpus, ``folder`` for the intermediate files."""

    cleaning: CleaningConfig
    languages: Languages
    weights: dict[str, float]
    folder: str
    output: str

    def path(self, kind: str, index: int) -> str:
        """Where a worker leaves something about a shard."""
        return FileSystems.join(self.folder, f"{kind}-{index:06d}")


class Shard(NamedTuple):
    """A shard of raw pairs; ``index`` counts through all splits, the held-out ones first."""

    index: int
    split: str
    path: str


class Survey(NamedTuple):
    """A shard after the rules that look at one pair: how many pairs are left."""

    shard: Shard
    left: int


def save_array(path: str, array: NDArray) -> None:
    """An array as a .npy file."""
    with created(path) as file:
        np.save(file, array, allow_pickle=False)


def load_array(path: str) -> NDArray:
    """The array that save_array wrote."""
    with opened(path) as file:
        return np.load(file, allow_pickle=False)


def save_counts(path: str, split: str, counts: Mapping[tuple[str, str], int]) -> None:
    """Counts by corpus and outcome as JSON."""
    rows = [[corpus, split, outcome, count] for (corpus, outcome), count in counts.items()]
    with created(path) as file:
        file.write(json.dumps(rows).encode())


def load_counts(path: str) -> dict[Place, int]:
    """The counts that save_counts wrote."""
    with opened(path) as file:
        return {Place(*place): count for *place, count in json.loads(file.read())}


def reject_line(pair: Pair, rule: str) -> bytes:
    """A line of the rejects file."""
    row = {
        "rule": rule,
        "corpus": pair.corpus,
        "split": pair.split,
        "file": pair.file,
        "line": pair.line,
        "source": pair.source[:_LONGEST_REJECT],
        "target": pair.target[:_LONGEST_REJECT],
    }
    if pair.fault:
        row["fault"] = pair.fault
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
