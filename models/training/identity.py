"""What a training is: a folder of checkpoints belongs to one."""

import json
from pathlib import Path
from typing import Any

from foundation.errors import UserError

# What may change when a training is gone on with.
_FREE = {"training.epochs", "training.patience", "training.keep", "training.init_from"}


def check_identity(path: Path, identity: dict[str, Any]) -> bool:
    """Whether the file tells of the same training; False where there is no file.

    Raises:
        UserError: it tells of another one; names the keys that differ.
    """
    if not path.exists():
        return False
    before = _flat(json.loads(path.read_text()))
    now = _flat(json.loads(json.dumps(identity)))
    keys = sorted((before.keys() | now.keys()) - _FREE)
    differing = [key for key in keys if before.get(key) != now.get(key)]
    if differing:
        changes = ", ".join(f"{key} ({before.get(key)} → {now.get(key)})" for key in differing)
        raise UserError(
            f"{path.parent} holds the checkpoints of another training; what differs is {changes}: "
            "remove the folder or restore the settings."
        )
    return True


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested settings as ``model.units``."""
    if not isinstance(value, dict):
        return {prefix: value}
    found: dict[str, Any] = {}
    for name, inner in value.items():
        found |= _flat(inner, f"{prefix}.{name}" if prefix else name)
    return found
