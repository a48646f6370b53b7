"""Checkpoints: what is read is what was written, and what goes wrong leaves the others alone."""

import errno
import os
import resource
import signal

import numpy as np
import pytest

from foundation.errors import UserError
from models.training import checkpoints as module
from models.training.checkpoints import Checkpoints, by_place, read, restore, starting_point


class Variable:
    """A named array that can be assigned."""

    def __init__(self, values):
        self.values = np.array(values, np.float32)
        self.shape = self.values.shape

    def __array__(self, dtype=None, copy=None):
        return self.values

    def assign(self, values):
        self.values = np.array(values)


def variables(number=1.0, size=3):
    return by_place("model", [Variable([number] * size), Variable(number)])


def open_checkpoints(folder, keep=2, **identity):
    return Checkpoints(folder, keep, {"training": identity})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_was_saved_is_restored(tmp_path):
    checkpoints = open_checkpoints(tmp_path)
    progress = {"step": 7, "best": float("nan"), "sums": {"loss": 0.1 + 0.2}}
    checkpoints.save(variables(2.5), progress)
    found, broken = checkpoints.newest()
    assert broken == [] and found.progress["sums"]["loss"] == 0.1 + 0.2
    target = variables(0.0)
    restore(found, target)
    np.testing.assert_array_equal(target["model/0000"].values, [2.5] * 3)


def test_the_newest_few_and_the_leaders_are_kept(tmp_path):
    checkpoints = open_checkpoints(tmp_path, keep=2)
    for step in (1, 2, 3):
        checkpoints.save(variables(), {"step": step})
        checkpoints.save_best(variables(), {"step": step}, leaders=[1, step])
    assert names(tmp_path) == [
        "best-00000001.npz",
        "best-00000003.npz",
        "step-00000002.npz",
        "step-00000003.npz",
        "training.json",
    ]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_broken_newest_is_told_of_and_the_one_before_is_used(tmp_path, damage):
    checkpoints = open_checkpoints(tmp_path)
    checkpoints.save(variables(1.0), {"step": 1})
    newest = checkpoints.save(variables(2.0, size=500), {"step": 2})
    whole = newest.read_bytes()
    middle = len(whole) // 2
    newest.write_bytes(
        {
            "cut": whole[:middle],
            "flip": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "empty": b"",
        }[damage]
    )
    found, broken = checkpoints.newest()
    assert broken == [newest] and found.progress["step"] == 1


def test_a_full_disk_is_one_sentence_and_leaves_the_last_one(tmp_path, monkeypatch):
    checkpoints = open_checkpoints(tmp_path)
    checkpoints.save(variables(), {"step": 1})

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(UserError, match=r"step-00000002.npz cannot be written \(No space left"):
        checkpoints.save(variables(), {"step": 2})
    assert names(tmp_path) == ["step-00000001.npz", "training.json"]
    assert checkpoints.newest()[0].progress["step"] == 1


def test_a_limit_of_the_operating_system_in_mid_write(tmp_path):
    checkpoints = open_checkpoints(tmp_path)
    checkpoints.save(variables(), {"step": 1})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"File too large"):
            checkpoints.save(variables(size=100_000), {"step": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert names(tmp_path) == ["step-00000001.npz", "training.json"]


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be written \(Not a directory\)"):
        open_checkpoints(tmp_path / "file" / "folder")


def test_what_a_crash_left_half_written_goes(tmp_path):
    open_checkpoints(tmp_path).save(variables(), {"step": 1})
    (tmp_path / "step-00000002.part").write_bytes(b"PK")
    assert open_checkpoints(tmp_path).newest()[0].progress["step"] == 1
    assert names(tmp_path) == ["step-00000001.npz", "training.json"]


def test_another_training_is_refused(tmp_path):
    open_checkpoints(tmp_path, seed=1, epochs=3)
    open_checkpoints(tmp_path, seed=1, epochs=4)
    with pytest.raises(UserError, match=r"training.seed \(1 → 2\)"):
        open_checkpoints(tmp_path, seed=2, epochs=3)


def test_a_shape_that_differs_changes_nothing(tmp_path):
    checkpoints = open_checkpoints(tmp_path)
    checkpoints.save(variables(2.0, size=4), {"step": 1})
    target = variables(1.0, size=3)
    with pytest.raises(UserError, match=r"model/0000 has shape \(4,\) there"):
        restore(checkpoints.newest()[0], target)
    np.testing.assert_array_equal(target["model/0001"].values, 1.0)


def test_readers_do_not_write(tmp_path):
    reader = Checkpoints(tmp_path, 1, {}, writes=False)
    reader.save(variables(), {"step": 1})
    assert names(tmp_path) == []


def test_the_starting_point_of_a_folder_is_its_best(tmp_path):
    checkpoints = open_checkpoints(tmp_path)
    for step, leaders in ((1, [[1, 0.5]]), (2, [[2, 0.9], [1, 0.5]]), (3, [[2, 0.9], [3, 0.8]])):
        progress = {"step": step, "leaders": leaders}
        checkpoints.save_best(variables(step), progress, [step for step, _ in leaders])
    assert starting_point(tmp_path).progress["step"] == 2
    assert starting_point(tmp_path / "best-00000003.npz").progress["step"] == 3
    with pytest.raises(UserError, match="no best checkpoint"):
        (tmp_path / "new").mkdir()
        starting_point(tmp_path / "new")
    with pytest.raises(UserError, match="not a checkpoint that can be read"):
        starting_point(tmp_path / "best-00000009.npz")
    assert read(tmp_path / "none.npz") is None
