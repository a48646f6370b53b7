"""One training on some devices.

Run as ``python -m tests.models.training.distributed_training FOLDER KIND``. KIND is ``one``,
``mirrored`` (two logical CPU devices) or ``worker`` (one of those that TF_CONFIG names).
"""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from models.training import TrainingConfig, train
from models.training.devices import building
from models.training.trainer import Data
from tests.models.training.tiny import tiny_translator, weights_of

CONFIG = TrainingConfig.model_validate(
    {
        "epochs": 2,
        # Sentences that two devices share unequally, an odd one left over, and tokens that differ.
        "batch": {"sentences": 7, "accumulate": 2},
        "label_smoothing": 0.1,
        "clip": {"limit": 0.05},
        "optimiser": {"kind": "adam", "learning_rate": 0.01, "epsilon": 1e-3},
        "best": {"metric": "loss", "direction": "minimise"},
    }
)


def split_cpu() -> None:
    """Two devices out of one."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    part = tf.config.LogicalDeviceConfiguration
    tf.config.set_logical_device_configuration(cpu, [part(), part()])


def main(folder: Path, kind: str) -> None:
    if kind == "mirrored":
        split_cpu()
        with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
            translator = tiny_translator()
    else:
        with building(CONFIG):
            translator = tiny_translator()
    print(kind, translator.distribute_strategy.num_replicas_in_sync)
    data = Data(*[sorted(map(str, (folder / s).iterdir())) for s in ("train", "validation")])
    result = train(translator, CONFIG, data, folder / kind, dict)
    task = translator.distribute_strategy.cluster_resolver
    name = f"{kind}-{task.task_id}" if kind == "worker" else kind
    np.savez(folder / f"{name}.npz", step=result.step, best=result.best, **weights_of(translator))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
