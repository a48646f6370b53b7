import signal

import pytest

from foundation.errors import UserError
from models.training import Interrupted
from pipeline.failure import exit_code, sentence


def wrapped(inner: BaseException) -> BaseException:
    try:
        try:
            raise inner
        except BaseException as error:
            raise RuntimeError("Execution 7 failed") from error
    except RuntimeError as outer:
        return outer


def test_the_users_sentence_is_found_behind_a_frameworks_exception():
    assert sentence(wrapped(UserError("a.txt is empty."))) == "error: a.txt is empty."


def test_the_users_sentence_is_found_in_beams_text():
    text = (
        "Traceback (most recent call last):\n"
        "foundation.errors.UserError: a.txt, line 3: mend it. [while running 'Read']\n"
    )
    assert sentence(RuntimeError(text)) == "error: a.txt, line 3: mend it."


def test_an_unexpected_error_is_called_internal():
    assert sentence(RuntimeError("first\n last ")) == (
        "internal error: RuntimeError: last (the log has the whole story)"
    )
    assert sentence(RuntimeError()).startswith("internal error: RuntimeError: ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (wrapped(Interrupted(signal.SIGINT, "stopped")), 130),
        (wrapped(Interrupted(signal.SIGTERM, "stopped")), 143),
        (UserError("mend it."), 1),
        (KeyError("x"), 1),
    ],
)
def test_exit_codes(error, code):
    assert exit_code(error) == code
