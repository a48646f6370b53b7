"""The console shows the product; frameworks write to a log file.

TensorFlow, Beam and TFX write thousands of lines, some from C++ straight to the file
descriptors. :func:`divert` sends descriptors 1 and 2 to a file and keeps the terminal for
:func:`say` and for progress bars on :func:`stream`.
"""

import os
import sys
from pathlib import Path
from typing import TextIO

_terminal: TextIO | None = None


def divert(log: Path) -> None:
    """Send everything that is written to stdout and stderr to ``log`` from now on."""
    global _terminal
    if _terminal is None:
        sys.stdout.flush()
        _terminal = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="replace")
    log.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def stream() -> TextIO:
    """Where the user reads: the terminal, also while the descriptors are diverted."""
    return _terminal or sys.stdout


def say(line: str = "") -> None:
    """Print one line to the user."""
    print(line, file=stream(), flush=True)
