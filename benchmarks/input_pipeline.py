"""Does the data keep up? Steps on fresh batches against steps on one cached batch.

    python -m benchmarks.input_pipeline [--quick]

Writes transformed examples of random ids, with lengths as in image captions (about 15 a side), and
trains a GRU translator on them. Both sides of the ratio take the same batches, in turns of ten
updates: read, cut and padded while training goes on, or held in memory before it starts. Also
printed: the share of padding, and how many batches a second the pipeline makes on its own.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from foundation.vocabulary import END
from models.config import ModelConfig, TranslatorSpec
from models.training.batches import training_batches
from models.training.config import TrainingConfig
from models.training.objectives.build import build_objective
from models.training.optimisers import build_optimiser
from models.training.updates import Updater
from models.translator import build_translator

VOCABULARY, TURN = 4000, 10


def write(folder: Path, pairs: int) -> list[str]:
    """Two files of pairs whose lengths go together, as those of translations do."""
    random = np.random.default_rng(1)
    files = [str(folder / f"examples-{i}.gz") for i in range(2)]
    for file in files:
        with tf.io.TFRecordWriter(file, "GZIP") as writer:
            for _ in range(pairs // 2):
                source = int(np.clip(random.gamma(9, 1.6), 3, 60))
                target = int(np.clip(source + random.normal(0, 2.5), 3, 60))
                writer.write(_example(source, target, random))
    return files


def _example(source: int, target: int, random: np.random.Generator) -> bytes:
    features = {}
    for name, length in (("source_ids", source), ("target_ids", target)):
        ids = [*random.integers(4, VOCABULARY, length).tolist(), END]
        features[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=ids))
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer turns")
    turns = 4 if parser.parse_args().quick else 12
    config = TrainingConfig()
    spec = TranslatorSpec(
        model=ModelConfig(units=256, embedding=256),
        source_vocabulary=VOCABULARY,
        target_vocabulary=VOCABULARY,
    )
    translator = build_translator(spec)
    optimiser = build_optimiser(config.optimiser, translator.trainable_variables)
    updater = Updater(translator, optimiser, build_objective(translator, config, None), config)
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), 29_000)
        made, real, places = _alone(files, config)
        print(f"padding: {1 - real / places:.1%} of both sides; {made:.0f} batches/s alone")
        fresh, cached, waited = _times(files, config, updater, turns)
    ratios = sorted(a / b for a, b in zip(fresh, cached, strict=True))
    print(
        f"update with data against cached: {statistics.median(ratios):.3f}x "
        f"(turns from {ratios[0]:.3f} to {ratios[-1]:.3f}), "
        f"{statistics.median(cached) / TURN * 1000:.0f} ms an update; "
        f"{waited / sum(fresh):.2%} of the time with data is waiting for it"
    )


def _alone(files: list[str], config: TrainingConfig) -> tuple[float, int, int]:
    began, count, real, places = time.perf_counter(), 0, 0, 0
    for source, target in training_batches(files, config.batch, seed=1, epoch=0):
        count += 1
        real += int(np.count_nonzero(source)) + int(np.count_nonzero(target))
        places += int(tf.size(source)) + int(tf.size(target))
    return count / (time.perf_counter() - began), real, places


def _times(files, config, updater, turns: int) -> tuple[list[float], list[float], float]:
    """Seconds of each turn on fresh batches, and on the same ones again from memory.

    Also the seconds that fresh batches were waited for, in all.
    """
    first = tf.constant(0)
    batches = iter(training_batches(files, config.batch, seed=1, epoch=0))

    def update(batch):
        updater.update([updater.part(*batch, first)])

    update(next(batches))
    fresh, cached, waited = [], [], 0.0
    for _ in range(turns):
        seen, began = [], time.perf_counter()
        for _ in range(TURN):
            asked = time.perf_counter()
            seen.append(next(batches))
            waited += time.perf_counter() - asked
            update(seen[-1])
        fresh.append(time.perf_counter() - began)
        began = time.perf_counter()
        for batch in seen:
            update(batch)
        cached.append(time.perf_counter() - began)
    return fresh, cached, waited


if __name__ == "__main__":
    main()
