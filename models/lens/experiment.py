"""The textbook's experiment: which recurrent network carries a gradient how far."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from models.lens.hidden_gradients import by_distance, half_life
from models.lens.problems import Batch, adding, copying
from models.recurrence import Recurrent

UNITS, ROWS = 64, 32
_RATE = 1e-3
_CLIP = 1.0


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


class Outcome(NamedTuple):
    """One network on one problem.

    norms: [T] ‖∂L/∂h_t‖ by distance before training. half_life: its own, over the steps before the
    first answer. trained: the same half-life after training.
    bound: the half-life that ‖W_h‖₂ promises with max |φ'| = 1, for a simple cell, else None.
    loss: after training, its mean over held-out batches. solved: whether it is under a fifth of
    guessing's.
    """

    half_life: float
    norms: np.ndarray
    trained: float
    bound: float | None
    loss: float
    solved: bool


# Of always answering 1, and of guessing a symbol.
GUESSING = {"adding": 1 / 6, "copying": float(np.log(8))}
_PROBLEMS = {"adding": adding, "copying": copying}
_OUTPUTS = {"adding": 1, "copying": 8}


def run(remedy: Remedy, problem: str, steps: int, updates: int, seed: int = 1) -> Outcome:
    """Measure a new network's gradient, train it, and see whether it solved the problem.

    Args:
        remedy: one of ``REMEDIES``.
        problem: "adding" or "copying".
        steps: T; more than 20 for copying.
        updates: of ROWS sequences each.
        seed: of the weights and of the sequences.
    """
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    layer = Recurrent(
        UNITS, remedy.cell, activation=remedy.activation, recurrent_initialiser=remedy.recurrent
    )
    head = keras.layers.Dense(_OUTPUTS[problem])
    first = _PROBLEMS[problem](random, ROWS, steps)
    norms = _norms(layer, head, problem, first)
    bound = _bound(layer) if remedy.cell == "simple" else None

    variables = layer.trainable_variables + head.trainable_variables
    optimiser = keras.optimizers.Adam(_RATE, global_clipnorm=_CLIP if remedy.clip else None)
    optimiser.build(variables)

    @tf.function
    def update(inputs, answers):
        with tf.GradientTape() as tape:
            loss = _loss(head(layer(inputs)[0]), answers, problem)
        optimiser.apply(tape.gradient(loss, variables), variables)

    @tf.function
    def measure(inputs, answers):
        return _loss(head(layer(inputs)[0]), answers, problem)

    for _ in range(updates):
        update(*map(tf.constant, _PROBLEMS[problem](random, ROWS, steps)))
    held_out = [_PROBLEMS[problem](random, ROWS, steps) for _ in range(8)]
    loss = float(np.mean([measure(*map(tf.constant, batch)) for batch in held_out]))
    # Up to there every step has a loss of its own.
    silent = first.answers.shape[1] - 1
    trained = half_life(_norms(layer, head, problem, first)[silent:])
    solved = loss < GUESSING[problem] / 5
    return Outcome(half_life(norms[silent:]), norms, trained, bound, loss, solved)


def _norms(layer: Recurrent, head: keras.layers.Layer, problem: str, batch: Batch) -> np.ndarray:
    """‖∂L/∂h_t‖ by distance, of a batch that fills every step, [T]."""
    rows, steps, _ = batch.inputs.shape
    probe = tf.zeros([rows, steps, UNITS])
    with tf.GradientTape() as tape:
        tape.watch(probe)
        outputs, _ = layer(tf.constant(batch.inputs), probe=probe)
        loss = _loss(head(outputs), tf.constant(batch.answers), problem)
    return by_distance(tape.gradient(loss, probe).numpy(), np.ones([rows, steps], bool)).norms


def _loss(outputs: tf.Tensor, answers: tf.Tensor, problem: str) -> tf.Tensor:
    """The mean loss of the last steps: outputs [B, T, any], answers [B, N]."""
    last = outputs[:, -answers.shape[1] :]
    if problem == "adding":
        return tf.reduce_mean(tf.square(last[..., 0] - answers))
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(answers, last))


def _bound(layer: Recurrent) -> float:
    alpha = np.linalg.norm(layer.weight_tensors().recurrent_kernel.numpy(), 2)
    return half_life(np.array([1.0, alpha]))
