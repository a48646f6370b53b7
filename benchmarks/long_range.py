"""What truncation costs: the copy problem with windows around the dependency's length.

    python -m benchmarks.long_range [--quick] [--figure docs/truncated-bptt.png]

A reader (GRU 64) sees eight ids, then a stretch of blanks, and has to repeat the ids (Hochreiter
and Schmidhuber 1997; Arjovsky et al. 2016). What it needs lies as many steps back as the stretch
is long plus eight. Each window trains from the same weights on the same data for the same number
of updates; the figure shows the cross-entropy of the repeated ids in nats, where ln 8 is guessing.
"""

import argparse
import math
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from matplotlib import pyplot

from benchmarks.reader import Reader
from models.training import bptt
from models.training.objectives.cross_entropy import CrossEntropy, decoder_input, token_loss

COPIED, BATCH, UNITS = 8, 32, 64
# Eight ids to copy, and one each for a blank and for the signal to begin.
FIRST, IDS = 4, 8
BLANK, GO = FIRST + IDS, FIRST + IDS + 1
VOCABULARY = GO + 1


def sequences(random: np.random.Generator, gap: int) -> tf.Tensor:
    """Ids, blanks, a signal, and the ids again: [B, 2 * 8 + gap + 1]."""
    ids = random.integers(FIRST, FIRST + IDS, (BATCH, COPIED))
    blanks = np.full((BATCH, gap), BLANK)
    return tf.constant(np.concatenate([ids, blanks, np.full((BATCH, 1), GO), ids], 1), tf.int64)


def train(gap: int, window: int | None, updates: int) -> list[float]:
    """The loss of the repeated ids, in nats an id, at every tenth update."""
    keras.utils.set_random_seed(1)
    reader = Reader(VOCABULARY, UNITS)
    cross_entropy = CrossEntropy(reader)
    variables = reader.trainable_variables
    gradients = tf.function(
        bptt.full(cross_entropy, variables)
        if window is None
        else bptt.windowed(reader, cross_entropy, window, variables)
    )
    optimiser = keras.optimizers.Adam(3e-3, global_clipnorm=1.0)
    random, losses = np.random.default_rng(2), []
    for update in range(updates):
        target = sequences(random, gap)
        found, outcome = gradients(target[:, :1], target, tf.constant(update))
        optimiser.apply([g / tf.cast(outcome.weight, g.dtype) for g in found], variables)
        if (update + 1) % 10 == 0:
            losses.append(_copy_loss(reader, sequences(random, gap)))
    return losses


def _copy_loss(reader: Reader, target: tf.Tensor) -> float:
    logits = reader((target[:, :1], decoder_input(target)))
    sums = token_loss(logits[:, -COPIED:], target[:, -COPIED:])
    return float(sums.loss / sums.tokens)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one gap and few updates")
    parser.add_argument("--figure", type=Path, help="where the figure is written")
    arguments = parser.parse_args()
    gaps = [30] if arguments.quick else [30, 100, 300]
    updates = 50 if arguments.quick else 600
    figure, axes = pyplot.subplots(1, len(gaps), figsize=(4 * len(gaps), 3.2), squeeze=False)
    for gap, axis in zip(gaps, axes[0], strict=True):
        reach = gap + COPIED + 1
        for window in (None, 2 * reach, reach, reach // 2, reach // 4):
            losses = train(gap, window, updates)
            label = "full" if window is None else f"window {window}"
            print(f"reach {reach:>4}, {label:>11}: {losses[-1]:.3f} nats", flush=True)
            axis.plot(range(10, updates + 1, 10), losses, label=label)
        axis.axhline(math.log(IDS), color="grey", linestyle=":")
        axis.set(title=f"dependency over {reach} steps", xlabel="update", ylabel="nats an id")
        axis.legend(fontsize="small")
    if arguments.figure:
        figure.tight_layout()
        figure.savefig(arguments.figure, dpi=120)


if __name__ == "__main__":
    main()
