"""The devices of this machine, and of others, as one strategy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from foundation.errors import UserError
from models.training.config import TrainingConfig


@contextmanager
def building(config: TrainingConfig) -> Iterator[tf.distribute.Strategy]:
    """Where a translator has to be built so that it can be trained as the configuration says.

    Seeds the initialisers, sets the precision, and places variables on every device: with
    ``TF_CONFIG`` in the environment on those of all its workers (this must then be the first thing
    that TensorFlow does), else on all GPUs where there are several, else on the one device.

    Raises:
        UserError: XLA on several devices; workers when TensorFlow has been used already.
    """
    if config.deterministic:
        tf.config.experimental.enable_op_determinism()
    strategy = _strategy()
    if config.xla and strategy.num_replicas_in_sync > 1:
        # A compiled function may use the variables of one device alone.
        raise UserError(
            f"training.xla goes with one device, and there are {strategy.num_replicas_in_sync}: "
            "set it to false, or leave one to be seen, as with CUDA_VISIBLE_DEVICES=0."
        )
    keras.utils.set_random_seed(config.seed)
    policy = keras.config.dtype_policy()
    if config.precision == "bfloat16":
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        with strategy.scope():
            yield strategy
    finally:
        keras.config.set_dtype_policy(policy)


def _strategy() -> tf.distribute.Strategy:
    if "TF_CONFIG" in os.environ:
        return _workers()
    if len(tf.config.list_logical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def _workers() -> tf.distribute.Strategy:
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:
        raise UserError(
            f"TF_CONFIG names workers, and TensorFlow says: {error}. Train from a program of its "
            "own, as docs/devices.md shows, or unset TF_CONFIG."
        ) from error


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process writes the checkpoints, of all that train together."""
    resolver = strategy.cluster_resolver
    return resolver is None or not resolver.cluster_spec().as_dict() or resolver.task_id == 0


def wait_for_all(strategy: tf.distribute.Strategy) -> None:
    """Return when every worker has come here."""

    @tf.function
    def meet():
        def here():
            replica = tf.distribute.get_replica_context()
            return replica.all_reduce(tf.distribute.ReduceOp.SUM, tf.ones([]))

        return strategy.run(here)

    if strategy.num_replicas_in_sync > 1:
        meet()
