"""The loop: batches in, a better model out. It knows nothing of the model."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

from foundation.errors import UserError
from models.training.averaging import MovingAverage
from models.training.batches import Samplers, survey, training_batches
from models.training.checkpoints import Checkpoints, by_place, restore, starting_point
from models.training.config import TrainingConfig
from models.training.devices import is_chief, wait_for_all
from models.training.final import Final, final_weights
from models.training.interruption import Interrupted, Requests, stop_requests
from models.training.measuring import Measure
from models.training.meter import Meter
from models.training.objectives.build import build_objective
from models.training.optimisers import build_optimiser
from models.training.progress import Progress
from models.training.reports import (
    CheckpointReport,
    Listener,
    LookReport,
    SkipReport,
    StartReport,
    ValidationReport,
)
from models.training.rewards import Detokenise
from models.training.schedules import scale
from models.training.updates import Part, Sight, Updater

# Updates between two reports.
_REPORT_EVERY = 20
# Under XLA lengths are padded to a multiple of this, so that few shapes are compiled.
_XLA_MULTIPLE = 8


class TrainingResult(NamedTuple):
    """What came of a training.

    step: updates, of which ``skipped`` were not finite. best, best_step: the deciding metric.
    weights: whose the final weights are, in a few words.
    """

    step: int
    skipped: int
    best: float
    best_step: int
    weights: str


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
    detokenise: Detokenise | None = None,
    look_every: int | None = None,
    samplers: Samplers | None = None,
) -> TrainingResult:
    """Train until the last epoch or until patience ends, then restore the best weights.

    A folder with checkpoints of the same training is gone on with, as if it had never stopped.

    Args:
        translator: called as ``translator((source_ids, input_ids), training=…)`` → logits
            [B, T, V]; built within ``devices.building(config)``. Its ``spec`` is a part of what
            the checkpoints belong to.
        config: everything the user chose
        data: what to train and to measure the validation loss on
        folder: receives the checkpoints; several workers share it
        validate: further metrics of the current weights, such as BLEU
        listeners: are told of every event
        detokenise: target ids to texts, for a reward on texts
        look_every: listeners are shown the gradients of one update in so many; None is never
        samplers: subword regularisation of the training data, as config.subword_sampling wants it

    Raises:
        Interrupted: by SIGINT or SIGTERM; a checkpoint has been written.
        UserError: nothing to train on, an unknown metric, checkpoints that cannot be written or
            belong to another training, too many updates that are not finite.
    """
    return _Training(
        translator, config, data, folder, validate, listeners, detokenise, look_every, samplers
    ).run()


class _Training:
    def __init__(
        self,
        translator,
        config,
        data,
        folder,
        validate,
        listeners,
        detokenise,
        look_every,
        samplers,
    ):
        keras.utils.set_random_seed(config.seed)
        self.translator = translator
        self.config = config
        self.data = data
        self.listeners = listeners
        self.look_every = look_every
        self.samplers = samplers
        self.kept: deque[float] = deque(maxlen=look_every or 0)
        self.strategy = translator.distribute_strategy
        with self.strategy.scope():
            variables = translator.trainable_variables
            self.optimiser = build_optimiser(config.optimiser, variables)
        identity = {"training": config.model_dump(), "model": translator.spec.model_dump()}
        self.checkpoints = Checkpoints(folder, config.keep, identity, is_chief(self.strategy))
        objective = build_objective(translator, config, detokenise)
        self.updater = Updater(translator, self.optimiser, objective, config)
        self.measure = Measure(translator, data.validation, config, validate)
        use_average = config.average.over == "ema"
        self.average = MovingAverage(variables, config.average.decay) if use_average else None
        self.progress = Progress()

    def run(self) -> TrainingResult:
        found = survey(self.data.train, self.config.batch.maximum_length)
        if not found.pairs:
            raise UserError(
                "no training pair is within training.batch.maximum_length "
                f"({self.config.batch.maximum_length}); raise it."
            )
        resumed, broken = self._resume()
        self.meter = Meter(self.progress.sums)
        progress = self.progress
        self._tell(
            "started",
            StartReport(progress.step, progress.epoch, self.config.epochs, resumed, found, broken),
        )
        try:
            with stop_requests() as requests:
                if not resumed:
                    # Late surprises come early: a full validation before the first update.
                    self._validate()
                    self._save()
                while not progress.is_finished(self.config):
                    self._epoch(requests)
                    self._stop_if_asked(requests)
            final = self._finish()
        finally:
            self._tell("ended")
        return TrainingResult(
            progress.step, progress.skipped, progress.best, progress.best_step, final.weights
        )

    def _epoch(self, requests: Requests) -> None:
        progress, config = self.progress, self.config
        batches = training_batches(
            self.data.train, config.batch, config.seed, progress.epoch,
            skip=progress.batch, multiple=_XLA_MULTIPLE if config.xla else 1,
            samplers=self.samplers,
        )  # fmt: skip
        self.meter.pause()
        parts, sight = [], None
        for batch in batches:
            update = tf.constant(progress.step)
            if not parts and _due(progress.step + 1, self.look_every):
                part, sight = self.updater.watched_part(*batch, update)
            else:
                part = self.updater.part(*batch, update)
            parts.append(part)
            progress.batch += 1
            progress.pairs += batch.source_ids.shape[0]
            if len(parts) < config.batch.accumulate:
                continue
            self._update(parts, sight)
            parts, sight = [], None
            self._act_when_due()
            self._stop_if_asked(requests)
            if progress.is_finished(config):
                return
        if parts:
            self._update(parts, sight)
        progress.next_epoch()
        if config.validate_every is None:
            self._validate()
        self._save()

    def _update(self, parts: list[Part], sight: Sight | None) -> None:
        progress, config = self.progress, self.config
        rate = config.optimiser.learning_rate * scale(
            config.schedule, progress.step + 1, progress.plateau
        )
        self.optimiser.learning_rate.assign(rate)
        applied = self.updater.update(parts, watch=sight is not None)
        progress.step += 1
        self.meter.add(applied)
        if applied.broken is not None:
            self._skip(applied.broken)
        else:
            progress.broken = 0
            self.kept.append(applied.kept)
            if self.average is not None:
                self.average.add(progress.step)
        if progress.step % _REPORT_EVERY == 0:
            self._tell("stepped", self.meter.report(progress, rate))
        if sight is not None and applied.broken is None:
            seen = tf.nest.map_structure(lambda tensor: tensor.numpy(), sight)
            report = LookReport(progress.step, *seen, applied.changes, tuple(self.kept))
            self._tell("looked", report)

    def _skip(self, variable: str) -> None:
        progress = self.progress
        progress.skipped += 1
        progress.broken += 1
        self._tell("skipped", SkipReport(progress.step, variable))
        if progress.broken >= self.config.non_finite_limit:
            raise UserError(
                f"{progress.broken} updates in a row were not finite, the last at update "
                f"{progress.step} in {variable}: lower training.optimiser.learning_rate or "
                "training.clip.limit and start afresh."
            )

    def _act_when_due(self) -> None:
        step = self.progress.step
        last = self.progress.is_last_update(self.config)
        if _due(step, self.config.validate_every) or last:
            self._validate()
        if _due(step, self.config.checkpoint_every) or self.progress.is_finished(self.config):
            self._save()

    def _stop_if_asked(self, requests: Requests) -> None:
        if requests.signal is not None:
            path = self._save()
            raise Interrupted(
                requests.signal,
                f"interrupted after update {self.progress.step}; the checkpoint is {path}, "
                "the same command goes on from it",
            )

    def _validate(self) -> None:
        progress = self.progress
        with nullcontext() if self.average is None else self.average.in_place():
            metrics = self.measure()
            is_best = progress.judge(metrics[self.config.best.metric], self.config)
            leaders = [step for step, _ in progress.leaders]
            if progress.step in leaders:
                self.checkpoints.save_best(self._weights(), progress.as_dict(), leaders)
        self._tell("validated", ValidationReport(progress.step, progress.epoch, metrics, is_best))
        self.meter.pause()

    def _save(self) -> Path:
        self.progress.sums = self.meter.sums
        path = self.checkpoints.save(self._state(), self.progress.as_dict())
        self._tell("saved", CheckpointReport(self.progress.step, path))
        self.meter.pause()
        return path

    def _resume(self) -> tuple[bool, list[Path]]:
        checkpoint, broken = self.checkpoints.newest()
        if checkpoint is not None:
            restore(checkpoint, self._state())
            self.progress = Progress(**checkpoint.progress)
        elif self.config.init_from is not None:
            restore(starting_point(Path(self.config.init_from)), self._weights())
            if self.average is not None:
                self.average.restart()
        # Nobody may write before everybody has read.
        wait_for_all(self.strategy)
        return checkpoint is not None, broken

    def _finish(self) -> Final:
        wait_for_all(self.strategy)
        final = final_weights(
            self.checkpoints, self.progress, self.config, self.measure, self._weights()
        )
        if final.report is not None:
            self._tell("averaged", final.report)
        return final

    def _weights(self) -> dict:
        return by_place("model", self.translator.variables)

    def _state(self) -> dict:
        averages = [] if self.average is None else self.average.averages
        return {
            **self._weights(),
            **by_place("optimiser", self.optimiser.variables),
            **by_place("average", averages),
        }

    def _tell(self, event: str, *report: tuple) -> None:
        for listener in self.listeners:
            getattr(listener, event)(*report)


def _due(step: int, every: int | None) -> bool:
    return every is not None and step % every == 0
