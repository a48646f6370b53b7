"""One update in the graph, and the sums that reports are made of."""

import time
from collections.abc import Callable

import keras
import tensorflow as tf

from models.training.config import TrainingConfig
from models.training.cross_entropy import TokenLoss, decoder_input, token_loss
from models.training.progress import Progress
from models.training.reports import StepReport

_BATCH = [tf.TensorSpec([None, None], tf.int64), tf.TensorSpec([None, None], tf.int64)]
_SUMS = ("loss", "correct", "tokens", "positions", "norm", "clipped", "updates")


class Meter:
    """Sums that stay in the graph until somebody asks, so that no step waits for a number."""

    def __init__(self) -> None:
        self._sums = {name: tf.Variable(0.0, trainable=False, name=name) for name in _SUMS}
        self.start()

    def start(self) -> None:
        """Forget what was summed, and start the clock."""
        for variable in self._sums.values():
            variable.assign(0.0)
        self._since = time.perf_counter()

    def add(self, **values: tf.Tensor) -> None:
        """Add to the sums, inside the graph."""
        for name, value in values.items():
            self._sums[name].assign_add(tf.cast(value, tf.float32))

    def report(self, progress: Progress, learning_rate: float) -> StepReport:
        """Means since ``start``, which is called again."""
        sums = {name: float(variable) for name, variable in self._sums.items()}
        tokens, updates = max(sums["tokens"], 1.0), max(sums["updates"], 1.0)
        report = StepReport(
            step=progress.step,
            epoch=progress.epoch,
            pairs=progress.pairs,
            loss=sums["loss"] / tokens,
            accuracy=sums["correct"] / tokens,
            gradient_norm=sums["norm"] / updates,
            clipped=sums["clipped"] / updates,
            padding=1 - tokens / max(sums["positions"], 1.0),
            learning_rate=learning_rate,
            tokens_per_second=tokens / (time.perf_counter() - self._since),
        )
        self.start()
        return report


def build_update(
    translator: keras.Model,
    optimiser: keras.optimizers.Optimizer,
    config: TrainingConfig,
    meter: Meter,
) -> Callable[[tf.Tensor, tf.Tensor], None]:
    """A traced update on source_ids [B, S] and target_ids [B, T]: one trace for all shapes."""
    variables = translator.trainable_variables

    @tf.function(input_signature=_BATCH)
    def update(source_ids: tf.Tensor, target_ids: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            logits = translator((source_ids, decoder_input(target_ids)), training=True)
            sums = token_loss(logits, target_ids, config.label_smoothing)
            loss = sums.loss / tf.maximum(sums.tokens, 1.0)
        gradients = tape.gradient(loss, variables)
        gradients, norm = tf.clip_by_global_norm(gradients, config.clip)
        optimiser.apply(gradients, variables)
        meter.add(
            loss=sums.loss,
            correct=sums.correct,
            tokens=sums.tokens,
            positions=tf.size(target_ids),
            norm=norm,
            clipped=norm > config.clip,
            updates=1.0,
        )

    return update


def build_validation_loss(
    translator: keras.Model,
) -> Callable[[tf.Tensor, tf.Tensor], TokenLoss]:
    """The traced loss of a batch without dropout and smoothing."""

    @tf.function(input_signature=_BATCH)
    def validation_loss(source_ids: tf.Tensor, target_ids: tf.Tensor) -> TokenLoss:
        logits = translator((source_ids, decoder_input(target_ids)), training=False)
        return token_loss(logits, target_ids)

    return validation_loss
