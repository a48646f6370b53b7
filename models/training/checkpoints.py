"""Checkpoints: one file each, whole or not there at all.

A file holds every variable by its name and, as JSON, the progress. It is written under a
temporary name, flushed to the disk and renamed, so that a crash at any moment leaves the files
that were there before.
"""

import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from foundation.errors import UserError
from models.training.identity import check_identity

_PROGRESS = "progress.json"


class Checkpoint(NamedTuple):
    """Arrays by variable, and the progress as it was given to ``save``."""

    path: Path
    arrays: Mapping[str, np.ndarray]
    progress: dict[str, Any]


class Checkpoints:
    """The checkpoints of one training: the newest few, and the best.

    Args:
        folder: is made where it is missing
        keep: how many of the newest stay
        identity: what the training is; a folder of another one is refused
        writes: whether this process is the one that writes; the others read

    Raises:
        UserError: the folder cannot be made, or holds another training's checkpoints; names the
            differing keys.
    """

    def __init__(self, folder: Path, keep: int, identity: dict[str, Any], writes: bool = True):
        self._folder = folder
        self._keep = keep
        self._writes = writes
        if writes:
            self._prepare(identity)

    def save(self, variables: Mapping[str, Any], progress: dict[str, Any]) -> Path:
        """Write the checkpoint of ``progress["step"]`` and drop the oldest ones.

        Raises:
            UserError: the disk is full or the folder cannot be written; earlier checkpoints
                are untouched.
        """
        path = self._path("step", progress["step"])
        self._write_checkpoint(path, variables, progress)
        if self._writes:
            for old in self._newest_first("step")[self._keep :]:
                old.unlink()
        return path

    def save_best(
        self, variables: Mapping[str, Any], progress: dict[str, Any], leaders: Sequence[int]
    ) -> None:
        """Write one of the best checkpoints and drop those that no longer are.

        Args:
            variables: by name
            progress: its ``step`` names the file
            leaders: the steps of the best checkpoints

        Raises:
            UserError: as ``save`` does.
        """
        self._write_checkpoint(self._path("best", progress["step"]), variables, progress)
        if self._writes:
            kept = {self._path("best", step) for step in leaders}
            for old in self._newest_first("best"):
                if old not in kept:
                    old.unlink()

    def newest(self) -> tuple[Checkpoint | None, list[Path]]:
        """The newest checkpoint that can be read, or None, and newer ones that cannot."""
        broken = []
        for path in self._newest_first("step"):
            checkpoint = read(path)
            if checkpoint is not None:
                return checkpoint, broken
            broken.append(path)
        return None, broken

    def last(self, count: int) -> list[Checkpoint]:
        """The newest checkpoints that can be read, at most so many."""
        found = (read(path) for path in self._newest_first("step")[:count])
        return [checkpoint for checkpoint in found if checkpoint is not None]

    def best(self, steps: Sequence[int]) -> list[Checkpoint]:
        """The best checkpoints of some steps, in their order.

        Raises:
            UserError: one of them is gone or broken.
        """
        return [read_or_refuse(self._path("best", step)) for step in steps]

    def _path(self, kind: str, step: int) -> Path:
        return self._folder / f"{kind}-{step:08d}.npz"

    def _newest_first(self, kind: str) -> list[Path]:
        return sorted(self._folder.glob(f"{kind}-*.npz"), reverse=True)

    def _prepare(self, identity: dict[str, Any]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for unfinished in self._folder.glob("*.part"):
                unfinished.unlink()
        except OSError as error:
            raise _cannot_write(self._folder, error) from error
        path = self._folder / "training.json"
        if check_identity(path, identity):
            return
        text = json.dumps(identity, indent=2).encode()
        _write_whole(path, lambda file: file.write(text))

    def _write_checkpoint(self, path, variables, progress) -> None:
        if not self._writes:
            return

        def write(file: IO[bytes]) -> None:
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr(_PROGRESS, json.dumps(progress))
                for name, variable in variables.items():
                    with archive.open(name + ".npy", "w", force_zip64=True) as member:
                        array = np.asarray(variable)
                        np.lib.format.write_array(member, array, allow_pickle=False)

        _write_whole(path, write)


def by_place(kind: str, variables: Sequence) -> dict[str, Any]:
    """Variables named by their place among all: Keras's own names count up within a process."""
    return {f"{kind}/{place:04d}": variable for place, variable in enumerate(variables)}


def restore(checkpoint: Checkpoint, variables: Mapping[str, Any]) -> None:
    """Assign a checkpoint's arrays to the variables, all or none.

    Raises:
        UserError: a variable is missing in the checkpoint or has another shape.
    """
    for name, variable in variables.items():
        array = checkpoint.arrays.get(name)
        if array is None or array.shape != tuple(variable.shape):
            found = "is missing" if array is None else f"has shape {array.shape}"
            raise UserError(
                f"{checkpoint.path} does not fit the model: {name} {found} there, and here it has "
                f"shape {tuple(variable.shape)}; use the settings that it was trained with."
            )
    for name, variable in variables.items():
        variable.assign(checkpoint.arrays[name])


def read(path: Path) -> Checkpoint | None:
    """A checkpoint, or None where there is no file or a broken one."""
    try:
        with zipfile.ZipFile(path) as archive:
            progress = json.loads(archive.read(_PROGRESS))
            arrays = {}
            for name in archive.namelist():
                if name != _PROGRESS:
                    with archive.open(name) as member:
                        arrays[name.removesuffix(".npy")] = np.lib.format.read_array(member)
        return Checkpoint(path, arrays, progress)
    except (FileNotFoundError, zipfile.BadZipFile, EOFError, KeyError, ValueError):
        return None


def read_or_refuse(path: Path) -> Checkpoint:
    """A checkpoint.

    Raises:
        UserError: there is none at the path, or it is broken.
    """
    checkpoint = read(path)
    if checkpoint is None:
        raise UserError(f"{path} is not a checkpoint that can be read: name another one.")
    return checkpoint


def starting_point(path: Path) -> Checkpoint:
    """The checkpoint at a path, or the best one of a training's folder.

    Raises:
        UserError: there is none, or it is broken.
    """
    if path.is_dir():
        found = sorted(path.glob("best-*.npz"))
        if not found:
            raise UserError(f"{path} holds no best checkpoint: train there first.")
        best_step, _ = read_or_refuse(found[-1]).progress["leaders"][0]
        path = path / f"best-{best_step:08d}.npz"
    return read_or_refuse(path)


def _write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    temporary = path.with_suffix(".part")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path} cannot be written ({error.strerror}): make room or mend the permissions, then "
        "run again; the checkpoints before it are as they were."
    )


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
