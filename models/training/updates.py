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
from models.training.objectives.objective import Objective, Outcome

_IDS = tf.TensorSpec([None, None], tf.int64)


class Part(NamedTuple):
    """Sums over a batch, over all devices; parts of an update add up.

    gradients: of the loss, dense. weight: what they are to be divided by. measures: scalars.
    """

    gradients: list[tf.Tensor]
    weight: tf.Tensor
    measures: dict[str, tf.Tensor]


class Sight(NamedTuple):
    """What a watched batch showed, on the first device.

    source_ids: [B, S]. target_ids: [B, T]. gradients: of the summed loss by h_t, by the probe's
    name; empty where the objective cannot be watched.
    """

    source_ids: tf.Tensor
    target_ids: tf.Tensor
    gradients: dict[str, tf.Tensor]


class Change(NamedTuple):
    """What an update did to a variable.

    norm: of its gradient, before clipping. ratio: ‖Δw‖ / ‖w‖; not finite where w was zero.
    """

    norm: float
    ratio: float


class Applied(NamedTuple):
    """What came of an update.

    norm: the global norm before clipping. kept: the share of it that clipping left, 1 for all.
    broken: the variable that got the first gradient that is not finite, if the update was skipped.
    measures: the sums of its parts. changes: by the variable's path, of a watched update.
    """

    norm: float
    kept: float
    broken: str | None
    measures: dict[str, float]
    changes: dict[str, Change]


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
            window = config.bptt.window
            self._gradients = bptt.windowed(translator, cross_entropy, window, self._variables)
        if config.bptt == "full" and isinstance(objective, CrossEntropy):
            self._watched_gradients = bptt.watched(translator, objective, self._variables)
        else:
            self._watched_gradients = lambda *batch: (*self._gradients(*batch), {})
        # XLA needs the sizes of a batch when it compiles; without it one trace serves them all.
        traced = {
            "input_signature": None if config.xla else [_IDS, _IDS, tf.TensorSpec([], tf.int32)],
            "jit_compile": config.xla or None,
        }
        self.part = tf.function(self._part, **traced)
        self.watched_part = tf.function(self._watched_part, **traced)
        self._mean = tf.function(self._mean_and_numbers)
        self._apply = tf.function(self._clip_and_apply)
        self._norms = tf.function(self._norms_and_ratios)

    def update(self, parts: list[Part], watch: bool = False) -> Applied:
        """Apply the mean gradient of some parts, unless it is not finite.

        Args:
            parts: of ``part`` or ``watched_part``
            watch: whether the changes of all variables are measured
        """
        total = (
            tf.nest.map_structure(lambda *sums: tf.add_n(sums), *parts) if parts[1:] else parts[0]
        )
        gradients, norm, numbers = self._mean(total)
        # The one number that is waited for: whether there is an update to make.
        size = float(norm)
        measures = dict(zip(sorted(total.measures), numbers.numpy().tolist(), strict=True))
        if not np.isfinite(size):
            return Applied(size, 1.0, self._broken(gradients), measures, {})
        before = [tf.identity(variable) for variable in self._variables] if watch else []
        kept = float(self._apply(gradients, norm))
        changes = self._changes(gradients, before) if watch else {}
        return Applied(size, kept, None, measures, changes)

    def _part(self, source_ids: tf.Tensor, target_ids: tf.Tensor, update: tf.Tensor) -> Part:
        """The sums of a batch, source_ids [B, S] and target_ids [B, T]."""
        return self._on_replicas(self._share, source_ids, target_ids, update)

    def _watched_part(self, source_ids, target_ids, update) -> tuple[Part, Sight]:
        """The same sums, and what could be seen of the first replica's share on the way."""
        return self._on_replicas(self._watched_share, source_ids, target_ids, update)

    def _on_replicas(self, share, *batch: tf.Tensor):
        on_replicas = self._strategy.run(share, args=batch)
        return tf.nest.map_structure(
            lambda value: self._strategy.experimental_local_results(value)[0], on_replicas
        )

    def _share(self, source_ids, target_ids, update) -> Part:
        source_ids, target_ids = _of_this_replica(source_ids, target_ids)
        gradients, outcome = self._gradients(source_ids, target_ids, update)
        return _summed(gradients, outcome, source_ids, target_ids)

    def _watched_share(self, source_ids, target_ids, update) -> tuple[Part, Sight]:
        source_ids, target_ids = _of_this_replica(source_ids, target_ids)
        gradients, outcome, of_states = self._watched_gradients(source_ids, target_ids, update)
        part = _summed(gradients, outcome, source_ids, target_ids)
        return part, Sight(source_ids, target_ids, of_states)

    def _mean_and_numbers(self, total: Part):
        weight = tf.maximum(total.weight, 1.0)
        gradients = [g / tf.cast(weight, g.dtype) for g in total.gradients]
        numbers = tf.stack([total.measures[name] for name in sorted(total.measures)])
        return gradients, tf.linalg.global_norm(gradients), numbers

    def _clip_and_apply(self, gradients, norm):
        gradients, kept = clip(gradients, norm, self._clip)
        count = self._strategy.num_replicas_in_sync

        def on_replica():
            # Keras sums over all replicas, and each of them has the whole sum already.
            self._optimiser.apply([g / count for g in gradients], self._variables)

        self._strategy.run(on_replica)
        return kept

    def _broken(self, gradients) -> str:
        """The first variable whose gradient is not finite."""
        for variable, gradient in zip(self._variables, gradients, strict=True):
            if not np.isfinite(gradient.numpy()).all():
                return variable.path
        return "the global norm, which overflows"

    def _changes(self, gradients, before) -> dict[str, Change]:
        """Of every variable, now that it is no longer what it was ``before``."""
        found = self._norms(gradients, before).numpy().tolist()
        return {v.path: Change(*pair) for v, pair in zip(self._variables, found, strict=True)}

    def _norms_and_ratios(self, gradients, before) -> tf.Tensor:
        """The numbers of ``Change`` for each variable, [N, 2]."""
        return tf.stack(
            [
                tf.stack([tf.norm(gradient), tf.norm(variable - old) / tf.norm(old)])
                for variable, gradient, old in zip(self._variables, gradients, before, strict=True)
            ]
        )


def _of_this_replica(*batch: tf.Tensor) -> list[tf.Tensor]:
    """Every so many-th sentence, where there are several replicas."""
    replica = tf.distribute.get_replica_context()
    count = replica.num_replicas_in_sync
    mine = slice(replica.replica_id_in_sync_group, None, count) if count > 1 else slice(None)
    return [ids[mine] for ids in batch]


def _summed(gradients, outcome: Outcome, source_ids, target_ids) -> Part:
    """The sums over all replicas."""
    measures = {
        **outcome.measures,
        "sentences": tf.shape(target_ids)[0],
        "tokens": tf.math.count_nonzero(target_ids != PAD),
        "ids": tf.math.count_nonzero(source_ids != PAD) + tf.math.count_nonzero(target_ids != PAD),
        "positions": tf.size(source_ids) + tf.size(target_ids),
    }
    measures = {name: tf.cast(value, tf.float32) for name, value in measures.items()}
    # An all-reduce takes floats alone; a count below 2^24 is exact in them.
    part = Part(gradients, tf.cast(outcome.weight, tf.float32), measures)
    replica = tf.distribute.get_replica_context()
    if replica.num_replicas_in_sync == 1:
        return part
    return replica.all_reduce(tf.distribute.ReduceOp.SUM, part)
