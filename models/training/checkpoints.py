"""Checkpoints: one file each, whole or not there at all.

A file holds every variable by its path and, as JSON, the progress. It is written under a
temporary name, flushed to the disk and renamed, so that a crash at any moment leaves the files
that were there before.
"""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from foundation.errors import UserError

_PROGRESS = "progress.json"
_BEST = "best.npz"


class Checkpoint(NamedTuple):
    """Arrays by variable path, and the progress as it was given to ``save``."""

    arrays: Mapping[str, np.ndarray]
    progress: dict[str, Any]


class Checkpoints:
    """The checkpoints of one training.

    Args:
        folder: is made where it is missing
        keep: how many of the newest stay
        identity: what the training is; a folder of another one is refused

    Raises:
        UserError: the folder holds another training's checkpoints; names the differing keys.
    """

    def __init__(self, folder: Path, keep: int, identity: dict[str, Any]):
        self._folder = folder
        self._keep = keep
        folder.mkdir(parents=True, exist_ok=True)
        self._check_identity(identity)

    def save(self, variables: Sequence, progress: dict[str, Any]) -> Path:
        """Write the checkpoint of ``progress["step"]`` and drop the oldest ones.

        Raises:
            UserError: the disk is full or the folder cannot be written; earlier checkpoints
                are untouched.
        """
        path = self._folder / f"step-{progress['step']:08d}.npz"
        self._write(path, variables, progress)
        for old in self._newest_first()[self._keep :]:
            old.unlink()
        return path

    def save_best(self, variables: Sequence, progress: dict[str, Any]) -> Path:
        """Write the best checkpoint so far. Raises UserError as ``save`` does."""
        self._write(self._folder / _BEST, variables, progress)
        return self._folder / _BEST

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint that can be read, or None where there is none."""
        for path in self._newest_first():
            checkpoint = _read(path)
            if checkpoint is not None:
                return checkpoint
        return None

    def best(self) -> Checkpoint | None:
        """The best checkpoint, or None before the first validation."""
        return _read(self._folder / _BEST)

    def _newest_first(self) -> list[Path]:
        return sorted(self._folder.glob("step-*.npz"), reverse=True)

    def _write(self, path: Path, variables: Sequence, progress: dict[str, Any]) -> None:
        arrays = {variable.path: np.asarray(variable) for variable in variables}
        if len(arrays) < len(variables):
            raise ValueError("two variables have the same path")
        temporary = path.with_suffix(".part")
        try:
            with temporary.open("wb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    archive.writestr(_PROGRESS, json.dumps(progress))
                    for name, array in arrays.items():
                        with archive.open(name + ".npy", "w", force_zip64=True) as member:
                            np.lib.format.write_array(member, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _flush_folder(self._folder)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise UserError(
                f"{path} cannot be written ({error.strerror}): make room or mend the "
                "permissions, then run again; training goes on from the checkpoint before."
            ) from error

    def _check_identity(self, identity: dict[str, Any]) -> None:
        path = self._folder / "training.json"
        if not path.exists():
            path.write_text(json.dumps(identity, indent=2))
            return
        before = _flat(json.loads(path.read_text()))
        now = _flat(json.loads(json.dumps(identity)))
        differing = sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k))
        if differing:
            changes = ", ".join(f"{k} ({before.get(k)} → {now.get(k)})" for k in differing)
            raise UserError(
                f"{self._folder} holds checkpoints of another training: {changes} differ; "
                "remove the folder or restore the settings."
            )


def restore(checkpoint: Checkpoint, variables: Sequence) -> None:
    """Assign a checkpoint's arrays to the variables.

    Raises:
        UserError: a variable is missing in the checkpoint or has another shape.
    """
    for variable in variables:
        array = checkpoint.arrays.get(variable.path)
        if array is None or array.shape != tuple(variable.shape):
            found = "is missing" if array is None else f"has shape {array.shape}"
            raise UserError(
                f"the checkpoint does not fit: {variable.path} {found}, "
                f"the model has {tuple(variable.shape)}."
            )
        variable.assign(array)


def _read(path: Path) -> Checkpoint | None:
    """A checkpoint, or None where there is no file or a broken one."""
    try:
        with zipfile.ZipFile(path) as archive:
            progress = json.loads(archive.read(_PROGRESS))
            arrays = {}
            for name in archive.namelist():
                if name != _PROGRESS:
                    with archive.open(name) as member:
                        arrays[name.removesuffix(".npy")] = np.lib.format.read_array(member)
        return Checkpoint(arrays, progress)
    except (FileNotFoundError, zipfile.BadZipFile, EOFError, KeyError, ValueError):
        return None


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {prefix: value}
    return {
        key: leaf
        for name, inner in value.items()
        for key, leaf in _flat(inner, f"{prefix}.{name}" if prefix else name).items()
    }
