"""What truncation costs: two problems of memory with windows of all, half and a quarter of it.

    python -m benchmarks.long_range [--quick] [--figure runs/truncated-bptt.png]

A GRU of 48 units reads T numbers of 0 … 1 of which some are marked. *Adding* (Hochreiter and
Schmidhuber 1997): one is marked in each half, and the answer, after the last, is their sum.
*Recalling*: one is marked in the first half, and the answer is that number.

Each window trains from the same weights on the same data for the same number of updates. With a
window of T/2 or T/4 no gradient ever leads from the answer to the first half. When recalling, all
that is to be remembered lies there, and nothing can be learned but the mean: a squared error of
1/12. When adding, the second number lies within reach, of a quarter at least now and then.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.lens.problems import ADDING, Batch, Problem
from models.recurrence import Recurrent

UNITS, ROWS, RATE, EVERY = 48, 32, 2e-3, 50
# Parts of T that a window spans.
PARTS = (1, 2, 4)


def recalling(random: np.random.Generator, rows: int, steps: int) -> Batch:
    """The number that is marked in the first half of the sequence."""
    marks = np.zeros([rows, steps], np.float32)
    marks[np.arange(rows), random.integers(0, steps // 2, rows)] = 1
    numbers = random.random([rows, steps], np.float32)
    return Batch(np.stack([numbers, marks], -1), (numbers * marks).sum(1, keepdims=True))


PROBLEMS = (ADDING, ADDING._replace(name="recalling", make=recalling, guessing=1 / 12))
# T; longer ones are not recalled within these updates by full backpropagation either.
LENGTHS = {"adding": (48, 192), "recalling": (24, 48)}


def train(problem: Problem, steps: int, window: int | None, updates: int) -> list[float]:
    """The squared error on held-out sequences, after every ``EVERY`` updates.

    Args:
        problem: of ``PROBLEMS``.
        steps: T.
        window: None for full backpropagation.
        updates: of ROWS sequences each.
    """
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    layer, head = Recurrent(UNITS, cell="gru"), keras.layers.Dense(1)
    held_out = [tf.constant(part) for part in problem.make(random, 8 * ROWS, steps)]

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
            loss = problem.loss(outputs(inputs), answers)
        optimiser.apply(tape.gradient(loss, variables), variables)

    @tf.function(jit_compile=True)
    def error(inputs, answers):
        return problem.error(outputs(inputs), answers)

    errors = []
    for done in range(1, updates + 1):
        update(*map(tf.constant, problem.make(random, ROWS, steps)))
        if done % EVERY == 0:
            errors.append(float(error(*held_out)))
    return errors


def draw(problem: Problem, steps: int, updates: int, axes: Axes) -> None:
    """Trains with every window, prints a line for each, and draws its errors."""
    for i, parts in enumerate(PARTS):
        errors = train(problem, steps, None if parts == 1 else steps // parts, updates)
        name = "full" if parts == 1 else f"window {steps // parts}"
        print(
            f"{problem.name:>9}, T {steps:>3}, {name:>9}: error {errors[-1]:.4f}, "
            f"guessing {problem.guessing:.4f}",
            flush=True,
        )
        axes.plot(range(EVERY, updates + 1, EVERY), errors, color=f"C{i}", label=name)
    axes.axhline(problem.guessing, color="grey", linestyle=":", linewidth=1)
    axes.set(title=f"{problem.name}, T = {steps}", xlabel="update")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")


def main() -> None:
    """Prints a line for each training, and draws them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few updates")
    parser.add_argument("--figure", type=Path, help="where the figure is written")
    arguments = parser.parse_args()
    updates = 100 if arguments.quick else 2000
    figure = Figure(figsize=(8.6, 6.2), layout="constrained")
    grid = figure.subplots(len(PROBLEMS), 2, sharex=True, sharey="row")
    for problem, row in zip(PROBLEMS, grid, strict=True):
        for steps, axes in zip(LENGTHS[problem.name], row, strict=True):
            draw(problem, steps, updates, axes)
        row[0].set_ylabel("squared error")
    if arguments.figure:
        arguments.figure.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(arguments.figure, dpi=100)


if __name__ == "__main__":
    main()
