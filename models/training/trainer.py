"""The loop: batches in, a better model out. It knows nothing of the model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import keras

from foundation.errors import UserError
from models.training.batches import survey, training_batches, validation_batches
from models.training.checkpoints import Checkpoints, restore
from models.training.config import TrainingConfig
from models.training.interruption import Interrupted, stop_requests
from models.training.optimisers import build_optimiser
from models.training.progress import Progress
from models.training.reports import CheckpointReport, Listener, StartReport, ValidationReport
from models.training.schedule import scale
from models.training.updates import Meter, build_update, build_validation_loss

# Updates between two reports: reading a number waits for the step that makes it.
_REPORT_EVERY = 20


class TrainingResult(NamedTuple):
    """The last update, and the best metric with the step where it was seen."""

    step: int
    best: float
    best_step: int
    finished: bool


class Data(NamedTuple):
    """The gzipped TFRecord files of transformed examples."""

    train: Sequence[str]
    validation: Sequence[str]


def train(
    translator: keras.Model,
    config: TrainingConfig,
    data: Data,
    folder: Path,
    validate: Callable[[], dict[str, float]],
    listeners: Sequence[Listener] = (),
) -> TrainingResult:
    """Train until the last epoch or until patience ends, then restore the best weights.

    A folder with checkpoints of the same training is gone on with, as if it had never stopped.

    Args:
        translator: called as ``translator((source_ids, input_ids), training=…)`` → logits
            [B, T, V]
        config: everything the user chose
        data: what to train and to measure the validation loss on
        folder: receives the checkpoints
        validate: further metrics of the current weights, such as BLEU
        listeners: are told of every event

    Raises:
        Interrupted: by SIGINT or SIGTERM; a checkpoint has been written.
        UserError: nothing to train on, an unknown metric, checkpoints that cannot be written.
    """
    return _Training(translator, config, data, folder, validate, listeners).run()


class _Training:
    def __init__(self, translator, config, data, folder, validate, listeners):
        keras.utils.set_random_seed(config.seed)
        self.translator = translator
        self.config = config
        self.data = data
        self.validate = validate
        self.listeners = listeners
        self.optimiser = build_optimiser(config.optimiser, translator.trainable_variables)
        self.checkpoints = Checkpoints(folder, config.keep, {"training": config.model_dump()})
        self.meter = Meter()
        self.update = build_update(translator, self.optimiser, config, self.meter)
        self.validation_loss = build_validation_loss(translator)
        self.progress = Progress()

    def run(self) -> TrainingResult:
        found = survey(self.data.train, self.config.batch.maximum_length)
        if not found.pairs:
            raise UserError(
                "no training pair is within training.batch.maximum_length "
                f"({self.config.batch.maximum_length}); raise it."
            )
        resumed = self._resume()
        start = StartReport(
            self.progress.step, self.progress.epoch, self.config.epochs, resumed, found
        )
        self._tell("started", start)
        try:
            with stop_requests() as requests:
                if not resumed:
                    # Late surprises come early: a full validation before the first update.
                    self._validate()
                self._epochs(requests)
        finally:
            self._tell("ended")
        best = self.checkpoints.best()
        if best is not None:
            restore(best, self.translator.variables)
        progress = self.progress
        return TrainingResult(progress.step, progress.best, progress.best_step, progress.finished)

    def _epochs(self, requests) -> None:
        while not self.progress.finished:
            self._epoch(requests)
            if not self.progress.finished:
                self.progress.next_epoch(self.config)
                if self.config.validate_every is None:
                    self._validate()
                self._save()

    def _epoch(self, requests) -> None:
        progress = self.progress
        batches = training_batches(
            self.data.train, self.config.batch, self.config.seed, progress.epoch
        ).skip(progress.batch)
        self.meter.start()
        for batch in batches:
            rate = self.config.optimiser.learning_rate * scale(
                self.config.schedule, progress.step + 1
            )
            self.optimiser.learning_rate.assign(rate)
            self.update(*batch)
            progress.advance(pairs=batch.source_ids.shape[0])
            if progress.step % _REPORT_EVERY == 0:
                self._tell("stepped", self.meter.report(progress, rate))
            if _due(progress.step, self.config.validate_every):
                self._validate()
            if _due(progress.step, self.config.checkpoint_every):
                self._save()
            if requests.signal is not None:
                path = self._save()
                raise Interrupted(
                    requests.signal,
                    f"interrupted after update {progress.step}; the checkpoint is {path}, "
                    "the same command goes on from it",
                )
            if progress.finished:
                return

    def _validate(self) -> None:
        metrics = self._losses() | self.validate()
        best = self.config.best
        if best.metric not in metrics:
            raise UserError(
                f"training.best.metric: there is no '{best.metric}'; choose one of "
                f"{', '.join(sorted(metrics))}."
            )
        is_best = self.progress.judge(metrics[best.metric], self.config)
        if is_best:
            self.checkpoints.save_best(self.translator.variables, self.progress.as_dict())
        report = ValidationReport(self.progress.step, self.progress.epoch, metrics, is_best)
        self._tell("validated", report)
        self.meter.start()

    def _losses(self) -> dict[str, float]:
        loss = correct = tokens = 0.0
        for batch in validation_batches(self.data.validation, self.config.batch):
            sums = self.validation_loss(*batch)
            loss += float(sums.loss)
            correct += float(sums.correct)
            tokens += float(sums.tokens)
        tokens = max(tokens, 1.0)
        return {"loss": loss / tokens, "accuracy": correct / tokens}

    def _save(self) -> Path:
        path = self.checkpoints.save(self._state(), self.progress.as_dict())
        self._tell("saved", CheckpointReport(self.progress.step, path))
        self.meter.start()
        return path

    def _resume(self) -> bool:
        checkpoint = self.checkpoints.newest()
        if checkpoint is None:
            return False
        restore(checkpoint, self._state())
        self.progress = Progress(**checkpoint.progress)
        return True

    def _state(self) -> list:
        return [*self.translator.variables, *self.optimiser.variables]

    def _tell(self, event: str, *report: tuple) -> None:
        for listener in self.listeners:
            getattr(listener, event)(*report)


def _due(step: int, every: int | None) -> bool:
    return every is not None and step % every == 0
