"""Training on the console: a bar where there is a terminal, plain lines where there is none."""

from typing import TextIO

from tqdm import tqdm

from foundation.console import say, stream
from models.training.reports import (
    AverageReport,
    Listener,
    SkipReport,
    StartReport,
    StepReport,
    ValidationReport,
)


class ProgressBar(Listener):
    """Pairs of the epoch, loss, target tokens a second, time left."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._newest: StepReport | None = None
        self._console: TextIO = stream()

    def started(self, report: StartReport) -> None:
        """Open the bar."""
        for path in report.broken:
            say(f"  {path} is damaged and was passed over")
        if report.resumed:
            say(f"  going on after update {report.step}, epoch {report.epoch + 1}")
        found = report.survey
        if found.over_limit:
            say(f"  {found.over_limit} of {found.pairs + found.over_limit} pairs are too long")
        self._pairs = found.pairs
        if self._console.isatty():
            self._bar = tqdm(
                total=found.pairs * report.epochs,
                initial=found.pairs * report.epoch,
                unit=" pairs",
                file=self._console,
                leave=False,
                bar_format="  {percentage:3.0f}% {bar:24} {postfix} · {remaining} left",
            )

    def stepped(self, report: StepReport) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.set_postfix_str(
                f"epoch {report.epoch + 1} · loss {report.loss:.3f} · "
                f"{report.tokens_per_second:,.0f} tokens/s",
                refresh=False,
            )
            self._bar.n = self._pairs * report.epoch + report.pairs
            self._bar.refresh()
        self._newest = report

    def validated(self, report: ValidationReport) -> None:
        """One line that stays."""
        numbers = " · ".join(f"{name} {value:.2f}" for name, value in report.metrics.items())
        pace = f" · {self._newest.tokens_per_second:,.0f} tokens/s" if self._newest else ""
        best = " · best" if report.is_best else ""
        self._write(f"  epoch {report.epoch:>2} · update {report.step:>6} · {numbers}{pace}{best}")

    def skipped(self, report: SkipReport) -> None:
        """An update that was not made."""
        self._write(f"  update {report.step} left out: {report.variable} has no finite gradient")

    def averaged(self, report: AverageReport) -> None:
        """Whether the mean of checkpoints is better."""
        numbers = " · ".join(f"{name} {value:.2f}" for name, value in report.metrics.items())
        word = "kept" if report.kept else "not kept"
        self._write(f"  mean of {len(report.steps)} checkpoints · {numbers} · {word}")

    def ended(self) -> None:
        """Close the bar."""
        if self._bar is not None:
            self._bar.close()

    def _write(self, line: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        say(line)
