"""One update: the gradients of a batch on every device, checked, clipped, applied."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from foundation.vocabulary import PAD
from models.training import bptt
from models.training.clipping import clip
from models.training.config import TrainingConfig
from models.training.objectives.cross_entropy import CrossEntropy
from models.training.objectives.objective import Objective

_IDS = tf.TensorSpec([None, None], tf.int64)


class Part(NamedTuple):
    """Sums over a batch, over all devices; parts of an update add up.

    gradients: of the loss, dense. weight: what they are to be divided by. measures: scalars.
    """

    gradients: list[tf.Tensor]
    weight: tf.Tensor
    measures: dict[str, tf.Tensor]


class Applied(NamedTuple):
    """What came of an update.

    norm: the global norm before clipping. clipped: whether clipping changed anything.
    broken: the variable that got the first gradient that is not finite, if the update was skipped.
    measures: the sums of its parts.
    """

    norm: float
    clipped: bool
    broken: str | None
    measures: dict[str, float]


class Updater:
    """Makes updates of a translator's variables.

    The objective runs on each replica of the translator's strategy with a share of the batch;
    sums over replicas and the one division by the weight make the result that of one device.

    Args:
        translator: what is trained
        optimiser: built for its variables
        objective: what the gradient is taken of
        config: bptt, clip, xla
    """

    def __init__(
        self,
        translator: keras.Model,
        optimiser: keras.optimizers.Optimizer,
        objective: Objective,
        config: TrainingConfig,
    ):
        self._variables = translator.trainable_variables
        self._optimiser = optimiser
        self._clip = config.clip
        self._strategy = translator.distribute_strategy
        if config.bptt == "full":
            self._gradients = bptt.full(objective, self._variables)
        else:
            cross_entropy = CrossEntropy(translator, config.label_smoothing, config.normalise)
            self._gradients = bptt.windowed(translator, cross_entropy, config.bptt, self._variables)
        # XLA needs the sizes of a batch when it compiles; without it one trace serves them all.
        update = tf.TensorSpec([], tf.int32)
        self.part = tf.function(
            self._part,
            input_signature=None if config.xla else [_IDS, _IDS, update],
            jit_compile=config.xla or None,
        )
        self._mean = tf.function(self._mean_and_numbers)
        self._apply = tf.function(self._clip_and_apply)

    def update(self, parts: list[Part]) -> Applied:
        """Apply the mean gradient of some parts, unless it is not finite."""
        total = (
            tf.nest.map_structure(lambda *sums: tf.add_n(sums), *parts) if parts[1:] else parts[0]
        )
        gradients, norm, numbers = self._mean(total)
        # The one number that is waited for: whether there is an update to make.
        size = float(norm)
        measures = dict(zip(sorted(total.measures), numbers.numpy().tolist(), strict=True))
        if not np.isfinite(size):
            return Applied(size, False, self._broken(gradients), measures)
        return Applied(size, bool(self._apply(gradients, norm)), None, measures)

    def _part(self, source_ids: tf.Tensor, target_ids: tf.Tensor, update: tf.Tensor) -> Part:
        """The sums of a batch, source_ids [B, S] and target_ids [B, T]."""
        on_replicas = self._strategy.run(self._share, args=(source_ids, target_ids, update))
        return tf.nest.map_structure(
            lambda value: self._strategy.experimental_local_results(value)[0], on_replicas
        )

    def _share(self, source_ids, target_ids, update) -> Part:
        """This replica's sentences; the sums over all replicas."""
        replica = tf.distribute.get_replica_context()
        count = replica.num_replicas_in_sync
        mine = slice(replica.replica_id_in_sync_group, None, count) if count > 1 else slice(None)
        source_ids, target_ids = source_ids[mine], target_ids[mine]
        gradients, outcome = self._gradients(source_ids, target_ids, update)
        measures = {
            **outcome.measures,
            "sentences": tf.shape(target_ids)[0],
            "tokens": tf.math.count_nonzero(target_ids != PAD),
            "ids": tf.math.count_nonzero(source_ids != PAD)
            + tf.math.count_nonzero(target_ids != PAD),
            "positions": tf.size(source_ids) + tf.size(target_ids),
        }
        measures = {name: tf.cast(value, tf.float32) for name, value in measures.items()}
        # An all-reduce takes floats alone; a count below 2^24 is exact in them.
        part = Part(gradients, tf.cast(outcome.weight, tf.float32), measures)
        return replica.all_reduce(tf.distribute.ReduceOp.SUM, part) if count > 1 else part

    def _mean_and_numbers(self, total: Part):
        weight = tf.maximum(total.weight, 1.0)
        gradients = [g / tf.cast(weight, g.dtype) for g in total.gradients]
        numbers = tf.stack([total.measures[name] for name in sorted(total.measures)])
        return gradients, tf.linalg.global_norm(gradients), numbers

    def _clip_and_apply(self, gradients, norm):
        gradients, clipped = clip(gradients, norm, self._clip)
        count = self._strategy.num_replicas_in_sync

        def on_replica():
            # Keras sums over all replicas, and each of them has the whole sum already.
            self._optimiser.apply([g / count for g in gradients], self._variables)

        self._strategy.run(on_replica)
        return clipped

    def _broken(self, gradients) -> str:
        """The first variable whose gradient is not finite."""
        for variable, gradient in zip(self._variables, gradients, strict=True):
            if not np.isfinite(gradient.numpy()).all():
                return variable.path
        return "the global norm, which overflows"
