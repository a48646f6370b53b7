"""A training that is killed at any moment ends with the bits of one that was not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.training.killed_training", str(folder)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1])


def curve(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_it_was_killed_often_and_ended_well(outcome):
    _, statuses = outcome
    assert len(statuses["kills"]) >= 20 and set(statuses["kills"]) == {-9}
    assert statuses["straight"] == statuses["last"] == 0


def test_the_weights_are_the_same_to_the_bit(outcome):
    folder, statuses = outcome
    straight = np.load(folder / "straight.npz")
    for chain in range(statuses["chains"]):
        found = np.load(folder / f"chain-{chain}.npz")
        assert found.files == straight.files
        for name in straight.files:
            np.testing.assert_array_equal(found[name], straight[name], err_msg=name)


def test_the_curve_has_no_gap_and_what_is_told_twice_is_the_same(outcome):
    folder, statuses = outcome
    straight = curve(folder / "straight.curve")
    for chain in range(statuses["chains"]):
        told = curve(folder / f"chain-{chain}.curve")
        assert sorted({tuple(entry) for entry in told}) == [tuple(entry) for entry in straight]
