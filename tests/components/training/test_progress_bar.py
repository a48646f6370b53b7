import io
from pathlib import Path

import pytest

from components.training import progress_bar
from components.training.progress_bar import ProgressBar
from models.training.reports import AverageReport, SkipReport
from tests.components.training.reports import START, step, validation


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def lines(monkeypatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(progress_bar, "say", found.append)
    return found


def on(console: io.StringIO, monkeypatch) -> ProgressBar:
    monkeypatch.setattr(progress_bar, "stream", lambda: console)
    return ProgressBar()


def test_without_a_terminal_there_are_plain_lines_only(lines, monkeypatch):
    console = io.StringIO()
    bar = on(console, monkeypatch)
    bar.started(START)
    bar.stepped(step(2))
    bar.validated(validation(2))
    bar.ended()
    assert console.getvalue() == ""
    assert lines == [
        "  3 of 103 pairs are too long",
        "  epoch  1 · update      2 · loss 2.00 · bleu 12.35 · 1,234 tokens/s · best",
    ]


def test_on_a_terminal_there_is_a_bar_with_pace_and_time_left(lines, monkeypatch):
    console = Terminal()
    bar = on(console, monkeypatch)
    bar.started(START)
    bar.stepped(step(5))
    bar.ended()
    shown = console.getvalue()
    assert " 25%" in shown  # 50 of the 200 pairs of two epochs
    assert "1,234 tokens/s" in shown
    assert "left" in shown


def test_what_went_wrong_is_told(lines, monkeypatch):
    bar = on(io.StringIO(), monkeypatch)
    bar.started(START._replace(resumed=True, step=7, broken=(Path("step-9.npz"),)))
    bar.skipped(SkipReport(8, "decoder/kernel"))
    bar.averaged(AverageReport((5, 6), {"bleu": 13.0}, kept=False))
    assert lines == [
        "  step-9.npz is damaged and was passed over",
        "  going on after update 7, epoch 1",
        "  3 of 103 pairs are too long",
        "  update 8 left out: decoder/kernel has no finite gradient",
        "  mean of 2 checkpoints · bleu 13.00 · not kept",
    ]
