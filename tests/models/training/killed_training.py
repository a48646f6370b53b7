"""Trainings that are killed without warning, gone on with, and killed again.

Run as ``python -m tests.models.training.killed_training FOLDER``; prints what happened as JSON. It
forks before TensorFlow's runtime starts, so that importing it is paid for once.
"""

import functools
import json
import os
import random
import signal
import sys
import threading
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models.training import Listener, TrainingConfig, train
from models.training.devices import building
from models.training.trainer import Data
from models.training.updates import Updater
from tests.models.training.tiny import tiny_translator, weights_of, write_examples

KILLS = 24
CONFIG = {
    "epochs": 2,
    "batch": {"tokens": 40},
    "optimiser": {"kind": "adam", "learning_rate": 0.02},
    "best": {"metric": "loss", "direction": "minimise"},
    "average": {"over": "ema", "decay": 0.8},
    "validate_every": 4,
    "checkpoint_every": 3,
    "deterministic": True,
}


class Curve(Listener):
    """Appends every validation to a file that survives."""

    def __init__(self, file: Path):
        self._file = file

    def validated(self, report):
        with self._file.open("a") as file:
            file.write(json.dumps([report.step, report.metrics["loss"]]) + "\n")


class DiesAtCall:
    """Dies at the n-th of the calls that touch the weights or the disk."""

    def __init__(self, calls: int):
        self._left = calls

    def __call__(self, function):
        @functools.wraps(function)
        def counted(*arguments, **keys):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **keys)

        return counted


def arm(point: int) -> None:
    """Some points are calls, in the midst of a checkpoint for the most part; others are moments."""
    draw = random.Random(point)
    if point % 4 == 3:
        wait = draw.uniform(0.05, 1.5)
        timer = threading.Timer(wait, os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
        return
    dies = DiesAtCall(draw.randint(1, 120))
    np.lib.format.write_array = dies(np.lib.format.write_array)
    os.fsync = dies(os.fsync)
    Path.replace = dies(Path.replace)
    Path.unlink = dies(Path.unlink)
    Updater.update = dies(Updater.update)


def run(folder: Path, data: Data) -> None:
    """Train to the end and leave the weights."""
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    config = TrainingConfig.model_validate(CONFIG)
    with building(config):
        translator = tiny_translator(dropout=0.3)
    # Without graphs a process is at work at once; what a graph computes is another test's affair.
    tf.config.run_functions_eagerly(True)
    train(translator, config, data, folder, dict, [Curve(folder.with_suffix(".curve"))])
    np.savez(folder.with_suffix(".npz"), **weights_of(translator))


def in_child(action) -> int:
    """The status of a forked process that does something."""
    pid = os.fork()
    if pid == 0:
        try:
            action()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(folder: Path) -> None:
    def examples():
        write_examples(folder / "train", pairs=60, shards=2, seed=1)
        write_examples(folder / "validation", pairs=12, shards=1, seed=2)

    assert in_child(examples) == 0
    data = Data(*[sorted(map(str, (folder / s).iterdir())) for s in ("train", "validation")])
    statuses = {"straight": in_child(lambda: run(folder / "straight", data)), "kills": []}
    chain = 0
    while len(statuses["kills"]) < KILLS:
        point = len(statuses["kills"])

        def killed(point=point, chain=chain):
            arm(point)
            run(folder / f"chain-{chain}", data)

        status = in_child(killed)
        if status == 0:
            chain += 1
        else:
            statuses["kills"].append(status)
    statuses["last"] = in_child(lambda: run(folder / f"chain-{chain}", data))
    statuses["chains"] = chain + 1
    print(json.dumps(statuses))


if __name__ == "__main__":
    keras.utils.disable_interactive_logging()
    main(Path(sys.argv[1]))
