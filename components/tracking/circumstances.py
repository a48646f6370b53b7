"""Under which circumstances a run was made: code, versions, machine."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("tensorflow", "keras", "tensorflow-text", "tfx", "mlflow", "sacrebleu")


def circumstances() -> dict[str, str]:
    """Tags that say what code ran where; without git the commit is left out."""
    tags = {f"version.{package}": metadata.version(package) for package in PACKAGES}
    tags["version.python"] = platform.python_version()
    tags["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"
    return tags | _git()


def _git() -> dict[str, str]:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        dirty = bool(git("status", "--porcelain"))
        return {"git.commit": git("rev-parse", "HEAD"), "git.dirty": str(dirty)}
    except (OSError, subprocess.CalledProcessError):
        # A copy without git's folder, or a machine without git: there is no commit to name.
        return {}
