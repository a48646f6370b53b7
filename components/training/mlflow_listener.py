"""Training in MLflow: curves, sample translations, attention coming into focus."""

import math

from matplotlib import pyplot

from components.figures import attention_map
from components.tracking import Outbox
from components.training.validation import Sample, Validator
from models.training.reports import (
    AverageReport,
    Listener,
    SkipReport,
    StartReport,
    StepReport,
    ValidationReport,
)

SAMPLES = 10
ATTENTION_MAPS = 4
EXTREMES = 3


class MlflowListener(Listener):
    """Writes every report to one run.

    A training that was killed repeats the updates since its last checkpoint. The outbox leaves
    out the metrics that the run has of them already, and tables and pictures replace what they
    were, so that curves have neither gap nor double.

    Args:
        run: where to; writing never waits for the store
        validator: has the translations of the last validation
        attends: whether the model has attention to show
    """

    def __init__(self, run: Outbox, validator: Validator, attends: bool):
        self._run = run
        self._validator = validator
        self._attends = attends

    def started(self, report: StartReport) -> None:
        """What there is to train on."""
        self._run.set_tags({f"train.{k}": str(v) for k, v in report.survey._asdict().items()})

    def stepped(self, report: StepReport) -> None:
        """The curves."""
        numbers = report._asdict()
        step = numbers.pop("step")
        del numbers["pairs"]
        numbers |= {**numbers.pop("objective"), "perplexity": _perplexity(report.loss)}
        self._run.log_metrics({f"train/{name}": value for name, value in numbers.items()}, step)

    def skipped(self, report: SkipReport) -> None:
        """Which variable's gradient was not finite."""
        self._run.set_tags({f"skipped.{report.step}": report.variable})

    def averaged(self, report: AverageReport) -> None:
        """What the mean of checkpoints measures."""
        metrics = {f"average/{name}": value for name, value in report.metrics.items()}
        self._run.log_metrics(metrics, max(report.steps))

    def validated(self, report: ValidationReport) -> None:
        """Metrics, a table of samples, heat maps of the same sentences every time."""
        numbers = dict(report.metrics)
        numbers["perplexity"] = _perplexity(numbers["loss"])
        metrics = {f"validation/{name}": value for name, value in numbers.items()}
        self._run.log_metrics(metrics, report.step)
        tables = {
            "same": self._validator.samples(SAMPLES),
            **self._validator.extremes(EXTREMES)._asdict(),
        }
        for table, samples in tables.items():
            columns = {name: [getattr(s, name) for s in samples] for name in Sample._fields}
            self._run.log_table(f"translations/{table}-{report.step:06d}.json", columns)
        if self._attends:
            self._log_attention(report.step)

    def _log_attention(self, step: int) -> None:
        for i, alignment in enumerate(self._validator.alignments(ATTENTION_MAPS)):
            figure = attention_map(alignment.source, alignment.output, alignment.weights)
            self._run.log_figure(f"attention/sentence-{i}-update-{step:06d}.png", figure)
            pyplot.close(figure)


def _perplexity(loss: float) -> float:
    """For a target token; a loss in nats above 100 counts as 100, so that it is finite."""
    return math.exp(min(loss, 100.0))
