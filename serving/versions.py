"""Which versions of a model lie in its folder, and which of them its policy wants served."""

import re
from collections.abc import Iterable
from pathlib import Path

from tensorflow_serving.config.file_system_storage_path_source_pb2 import (
    FileSystemStoragePathSourceConfig,
)

VersionPolicy = FileSystemStoragePathSourceConfig.ServableVersionPolicy

_INT64_MAX = 2**63 - 1


def find_versions(base_path: Path) -> dict[int, Path]:
    """The version folders: those whose names are whole numbers of 64 bits (007 is version 7).

    Raises:
        OSError: where the base path is missing or cannot be read.
    """
    found: dict[int, Path] = {}
    for child in sorted(base_path.iterdir()):
        if re.fullmatch(r"[0-9]+", child.name) and child.is_dir():
            version = int(child.name)
            if version <= _INT64_MAX:
                found.setdefault(version, child)
    return found


def choose_versions(found: Iterable[int], policy: VersionPolicy) -> list[int]:
    """The versions to serve, newest first: the latest one where the policy says nothing."""
    newest_first = sorted(found, reverse=True)
    choice = policy.WhichOneof("policy_choice")
    if choice == "all":
        return newest_first
    if choice == "specific":
        return [version for version in newest_first if version in policy.specific.versions]
    return newest_first[: max(policy.latest.num_versions, 1)]
