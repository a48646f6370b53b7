"""The textbook's experiment: which recurrent network carries a gradient how far."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from models.lens.hidden_gradients import by_distance, half_life
from models.lens.jacobians import textbook_bound
from models.lens.problems import Batch, Problem
from models.recurrence import Recurrent

UNITS, ROWS = 48, 32
_RATE = 2e-3
_CLIP = 1.0
# Updates between two looks at the held-out batches.
_CHECK = 100
_HELD_OUT = 8


class Remedy(NamedTuple):
    """A network: what is done so that the gradient arrives."""

    name: str
    cell: str = "simple"
    activation: str = "tanh"
    recurrent: str = "glorot"
    clip: bool = False


REMEDIES = (
    Remedy("simple (tanh)"),
    Remedy("simple (relu)", activation="relu"),
    Remedy("simple, orthogonal", recurrent="orthogonal"),
    Remedy("simple, skip", cell="models.lens.skip:SkipCell"),
    Remedy("simple, clipped", clip=True),
    Remedy("LSTM", cell="lstm"),
    Remedy("GRU", cell="gru"),
)


class Decay(NamedTuple):
    """How ‖∂L/∂h_t‖ falls with the distance from the loss.

    norms: [T]. silent: the distance of the first answer, from which on no step has a loss of its
    own. half_life: over the silent steps.
    """

    norms: np.ndarray
    silent: int
    half_life: float


class Outcome(NamedTuple):
    """One network on one problem.

    before, after: the gradient's decay in the new network and in the trained one.
    alpha: ‖W_h‖₂ of the new network, for a simple cell, else None.
    error: the problem's, on held-out batches. solved: whether it is small enough.
    updates: how many were made; training ends when the problem is solved or with the budget.
    """

    before: Decay
    after: Decay
    alpha: float | None
    error: float
    solved: bool
    updates: int

    @property
    def bound(self) -> np.ndarray | None:
        """[T], what the new network's silent norms cannot exceed, NaN before them.

        It is ``textbook_bound`` for max |φ'| = 1, from the norm at the first answer on.
        """
        if self.alpha is None:
            return None
        norms, silent, _ = self.before
        bound = norms[silent] * textbook_bound(self.alpha, 1.0, np.arange(len(norms) - silent))
        return np.concatenate([np.full(silent, np.nan), bound])


class Network(NamedTuple):
    """A recurrent layer and what reads the answer from its states."""

    layer: Recurrent
    head: keras.layers.Dense

    def __call__(self, inputs: tf.Tensor, answers: int, probe: tf.Tensor | None = None):
        """The outputs of the last ``answers`` steps, [B, N, outputs]."""
        states, _ = self.layer(inputs, probe=probe)
        return self.head(states[:, -answers:])


def run(remedy: Remedy, problem: Problem, steps: int, budget: int, seed: int = 1) -> Outcome:
    """Measure a new network's gradient, train it, and see whether it solved the problem.

    Args:
        remedy: one of ``REMEDIES``.
        problem: ADDING or COPYING.
        steps: T; more than 10 for copying.
        budget: the most updates, of ROWS sequences each.
        seed: of the weights and of the sequences.
    """
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    layer = Recurrent(
        UNITS, remedy.cell, activation=remedy.activation, recurrent_initialiser=remedy.recurrent
    )
    network = Network(layer, keras.layers.Dense(problem.outputs))
    held_out = [problem.make(random, ROWS, steps) for _ in range(_HELD_OUT)]
    before = _decay(network, problem, held_out[0])
    alpha = _alpha(layer) if remedy.cell == "simple" else None
    updates, error = _train(network, problem, remedy.clip, budget, random, held_out)
    after = _decay(network, problem, held_out[0])
    return Outcome(before, after, alpha, error, error < problem.solved, updates)


def _train(
    network: Network,
    problem: Problem,
    clip: bool,
    budget: int,
    random: np.random.Generator,
    held_out: list[Batch],
) -> tuple[int, float]:
    """The updates that were made, and the error on the held-out batches after them."""
    variables = network.layer.trainable_variables + network.head.trainable_variables
    optimiser = keras.optimizers.Adam(_RATE, global_clipnorm=_CLIP if clip else None)
    optimiser.build(variables)
    rows, steps, _ = held_out[0].inputs.shape

    # All shapes are static, and XLA takes half of the time of a graph over these small matrices.
    @tf.function(jit_compile=True)
    def update(inputs, answers):
        with tf.GradientTape() as tape:
            loss = problem.loss(network(inputs, answers.shape[1]), answers)
        optimiser.apply(tape.gradient(loss, variables), variables)

    @tf.function(jit_compile=True)
    def measure(inputs, answers):
        return problem.error(network(inputs, answers.shape[1]), answers)

    for done in range(1, budget + 1):
        update(*map(tf.constant, problem.make(random, rows, steps)))
        if done % _CHECK == 0 or done == budget:
            error = float(np.mean([measure(*map(tf.constant, batch)) for batch in held_out]))
            if error < problem.solved:
                break
    return done, error


def _decay(network: Network, problem: Problem, batch: Batch) -> Decay:
    """How ‖∂L/∂h_t‖ decays over a batch that fills every step."""
    rows, steps, _ = batch.inputs.shape
    answers = tf.constant(batch.answers)
    probe = tf.zeros([rows, steps, UNITS])
    with tf.GradientTape() as tape:
        tape.watch(probe)
        loss = problem.loss(network(tf.constant(batch.inputs), answers.shape[1], probe), answers)
    gradient = tape.gradient(loss, probe).numpy()
    norms = by_distance(gradient, np.ones([rows, steps], bool)).norms
    silent = answers.shape[1] - 1
    return Decay(norms, silent, half_life(norms[silent:]))


def _alpha(layer: Recurrent) -> float:
    return float(np.linalg.norm(layer.weight_tensors().recurrent_kernel.numpy(), 2))
