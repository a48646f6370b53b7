"""What truncation costs: the adding problem with windows around the dependency's length.

    python -m benchmarks.long_range [--quick] [--figure runs/truncated-bptt.png]

A GRU of 48 units reads T numbers of 0 … 1, two of them marked, one in each half; the answer, after
the last, is their sum (Hochreiter and Schmidhuber 1997). A number lies up to T steps back. Windows
of all T steps (full backpropagation), of half and of a quarter train from the same weights on the
same data for the same number of updates.

What can be learned is known beforehand. A window of T/2 never brings a gradient to the first half:
of one number nothing is known but its mean, and the squared error is at least its variance, 1/12.
With a window of T/4 the other number is seen half of the time: 1/12 + 1/24. The figure shows both.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

from models.lens.problems import ADDING
from models.recurrence import Recurrent

UNITS, ROWS, RATE, EVERY = 48, 32, 2e-3, 50
# Parts of T that a window spans, and the error below which nothing can get with it.
FLOORS = {1: 0.0, 2: 1 / 12, 4: 1 / 8}


def train(steps: int, window: int | None, updates: int) -> list[float]:
    """The squared error on held-out sequences, after every ``EVERY`` updates.

    Args:
        steps: T.
        window: None for full backpropagation.
        updates: of ROWS sequences each.
    """
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    layer, head = Recurrent(UNITS, cell="gru"), keras.layers.Dense(1)
    held_out = [tf.constant(part) for part in ADDING.make(random, 8 * ROWS, steps)]

    def outputs(inputs: tf.Tensor) -> tf.Tensor:
        states, _ = layer(inputs, window=window)
        return head(states[:, -1:])

    outputs(held_out[0])
    variables = layer.trainable_variables + head.trainable_variables
    optimiser = keras.optimizers.Adam(RATE)
    optimiser.build(variables)

    @tf.function(jit_compile=True)
    def update(inputs, answers):
        with tf.GradientTape() as tape:
            loss = ADDING.loss(outputs(inputs), answers)
        optimiser.apply(tape.gradient(loss, variables), variables)

    @tf.function(jit_compile=True)
    def error(inputs, answers):
        return ADDING.error(outputs(inputs), answers)

    errors = []
    for done in range(1, updates + 1):
        update(*map(tf.constant, ADDING.make(random, ROWS, steps)))
        if done % EVERY == 0:
            errors.append(float(error(*held_out)))
    return errors


def main() -> None:
    """Prints a line for each training, and draws them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one length and few updates")
    parser.add_argument("--figure", type=Path, help="where the figure is written")
    arguments = parser.parse_args()
    lengths, updates = ([48], 100) if arguments.quick else ([48, 100, 400], 2000)
    figure = Figure(figsize=(4.2 * len(lengths), 3.4), layout="constrained")
    panels = figure.subplots(1, len(lengths), sharey=True, squeeze=False)[0]
    for steps, axes in zip(lengths, panels, strict=True):
        for i, (parts, floor) in enumerate(FLOORS.items()):
            errors = train(steps, None if parts == 1 else steps // parts, updates)
            name = "full" if parts == 1 else f"window {steps // parts}"
            print(
                f"T {steps:>4}, {name:>10}: error {errors[-1]:.4f}, possible {floor:.4f}",
                flush=True,
            )
            axes.plot(range(EVERY, updates + 1, EVERY), errors, color=f"C{i}", label=name)
            axes.axhline(floor, color=f"C{i}", linestyle=":", linewidth=1)
        axes.set(title=f"T = {steps}", xlabel="update")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small")
    panels[0].set_ylabel("squared error")
    if arguments.figure:
        arguments.figure.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(arguments.figure, dpi=100)


if __name__ == "__main__":
    main()
