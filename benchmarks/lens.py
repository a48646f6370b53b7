"""What the gradient lens costs: updates with one look in fifty against updates without.

    python -m benchmarks.lens --corpus FOLDER [--quick] [--threads N]

A biGRU-512 and GRU-512 translator with additive attention and a vocabulary of 8000 trains on
batches of 64 pairs of Multi30k. A round is a few updates; in every other round, over the same
batches, the first of them is watched, looked at, and logged to MLflow through the outbox, as
training does it. What that round takes longer is set against fifty updates.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from benchmarks.measure import interleave
from benchmarks.multi30k import VOCABULARY, add_corpus_argument, batches_of, tokenised_pairs
from benchmarks.training_speed import BATCH, UNITS, padded
from components.tracking import Outbox, Run, prepare_store
from components.training.lens_listener import LensListener
from models.config import ModelConfig, TranslatorSpec
from models.lens import Lens
from models.training.config import TrainingConfig
from models.training.objectives.build import build_objective
from models.training.optimisers import build_optimiser
from models.training.reports import LookReport, ValidationReport
from models.training.updates import Updater
from models.translator import build_translator

EVERY = 50
# What a look leaves to the thread of the outbox is done in the course of so many updates.
UPDATES = 5


class Round:
    """A few updates, the first of them looked at by ``listener`` where there is one."""

    def __init__(self, updater: Updater, batches: list, listener: LensListener | None):
        self._updater = updater
        self._batches = batches
        self._listener = listener
        self._step = 0

    def __call__(self) -> None:
        for i, pair in enumerate(self._batches):
            batch = (*pair, tf.constant(0))
            if i or self._listener is None:
                self._updater.update([self._updater.part(*batch)])
                continue
            part, sight = self._updater.watched_part(*batch)
            applied = self._updater.update([part], watch=True)
            seen = tf.nest.map_structure(lambda tensor: tensor.numpy(), sight)
            self._step += EVERY
            report = LookReport(self._step, *seen, applied.changes, (applied.kept,))
            self._listener.looked(report)


def main() -> None:
    """Prints what a look costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_corpus_argument(parser)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)

    model = ModelConfig(units=UNITS, embedding=UNITS)
    translator = build_translator(
        TranslatorSpec(source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY, model=model)
    )
    config = TrainingConfig()
    optimiser = build_optimiser(config.optimiser, translator.trainable_variables)
    objective = build_objective(translator, config, detokenise=None)
    updater = Updater(translator, optimiser, objective, config)
    lists = batches_of(tokenised_pairs(arguments.corpus), BATCH, UPDATES)
    batches = [(padded(sources), padded(targets)) for sources, targets in lists]
    with tempfile.TemporaryDirectory() as folder:
        prepare_store(Path(folder))
        with Outbox(lambda: Run.begin("lens", "cost"), Path(folder)) as run:
            listener = LensListener(run, Lens(translator), Path(folder))
            plain, looked = Round(updater, batches, None), Round(updater, batches, listener)
            plain()
            first = _seconds(looked)
            times = interleave([plain, looked], 8 if arguments.quick else 24, warm_up=1)
            picture = _seconds(lambda: listener.validated(ValidationReport(EVERY, 1, {}, True)))
    update = times.median(0) / UPDATES
    looks = [(theirs - ours) / update for ours, theirs in zip(*times.seconds, strict=True)]
    low, look, high = statistics.quantiles(looks, n=4)
    noise = (high - low) / 2
    trace = first - times.median(1)
    print(f"an update takes {1000 * update:.0f} ms, a look {look:.2f} ± {noise:.2f} updates more")
    print(f"one in {EVERY} costs {look / EVERY:.1%} ± {noise / EVERY:.1%} (goal: at most 3 %)")
    print(f"once: {trace:.1f} s to trace; at each validation: {picture:.1f} s to draw")


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
