"""What the user is told when a run ends early, and the exit code.

Frameworks wrap what a component raises: TFX in its own exceptions, Beam in the text of a
RuntimeError. The user's sentence is dug out of either.
"""

import re
from collections.abc import Iterator

from foundation.errors import UserError
from models.training import Interrupted

_IN_TEXT = re.compile(r"UserError: (.+?)(?: \[while running '.*)?$", re.MULTILINE)


def sentence(error: BaseException) -> str:
    """One sentence for the user."""
    for cause in _causes(error):
        if isinstance(cause, UserError):
            return f"error: {cause}"
        if isinstance(cause, Interrupted):
            return str(cause)
    found = _IN_TEXT.findall(str(error))
    if found:
        return f"error: {found[-1]}"
    last_line = (str(error).strip().splitlines() or [""])[-1].strip()
    return f"internal error: {type(error).__name__}: {last_line} (the log has the whole story)"


def exit_code(error: BaseException) -> int:
    """130 after Ctrl-C, 143 after SIGTERM, else 1."""
    for cause in _causes(error):
        if isinstance(cause, Interrupted):
            return 128 + cause.signal
    return 1


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
