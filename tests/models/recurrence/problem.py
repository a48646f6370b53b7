"""Random problems for the scan, and three independent ways to solve them."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from models.recurrence import Cell, cells, scan
from tests.models import numpy_reference


class Problem(NamedTuple):
    """A cell, what it runs over, and the gradient that comes from above.

    The loss is <outputs, upstream> + <last state, last>.
    """

    cell: Cell
    weights: Any
    inputs: Any  # [B, T, E]
    mask: Any  # [B, T]
    state: Any  # [B, H] each
    upstream: Any  # [B, T, H]
    last: Any  # [B, H] each


class Answer(NamedTuple):
    outputs: Any
    state: Any
    weights: Any
    inputs: Any
    initial: Any
    hidden: Any  # ∂L/∂h_t


def problem(
    cell: Cell | str,
    batch: int = 3,
    length: int = 7,
    width: int = 4,
    units: int = 5,
    seed: int = 0,
    activation: str = "tanh",
    dtype: str = "float64",
) -> Problem:
    """A problem with ragged lengths from 0 to T, and a full one where there is more than one."""
    random = np.random.default_rng(seed)
    cell = cells[cell](activation) if isinstance(cell, str) else cell

    def tensor(*shape, scale=1.0):
        return tf.constant(scale * random.standard_normal(shape), dtype)

    blocks = cell.weights(width, units)
    weights = [
        tensor(*block.shape[:-1], block.shape[-1] * len(block.initial), scale=0.8 / units**0.5)
        for block in blocks
    ]
    lengths = random.integers(0, length + 1, batch)
    lengths[1:2] = length
    sizes = cell.state_sizes(units)
    return Problem(
        cell,
        type(blocks)(*weights),
        tensor(batch, length, width),
        tf.sequence_mask(lengths, length),
        type(sizes)(*[tensor(batch, size) for size in sizes]),
        tensor(batch, length, units),
        type(sizes)(*[tensor(batch, size) for size in sizes]),
    )


def by_scan(given: Problem, **options) -> Answer:
    """The scan's own gradient."""

    def run(weights, inputs, state, probe):
        return scan(given.cell, weights, inputs, given.mask, state, probe=probe, **options)

    return _differentiated(given, run)


def by_plain_steps(
    given: Problem, reverse: bool = False, window: int | None = None, recurrent_mask=None
) -> Answer:
    """Autodiff of the cell's step in a Python loop; ``stop_gradient`` between windows."""
    constants = {} if recurrent_mask is None else {"recurrent_mask": recurrent_mask}

    def run(weights, inputs, state, probe):
        length = inputs.shape[1]
        outputs = [None] * length
        times = reversed(range(length)) if reverse else range(length)
        for step, t in enumerate(times):
            if window and step and step % window == 0:
                state = tf.nest.map_structure(tf.stop_gradient, state)
            projected = given.cell.project(weights, inputs[:, t])
            new = given.cell.step(weights, projected, state, **constants)
            if given.mask is not None:
                real = given.mask[:, t, tf.newaxis]
                new = type(new)(*[tf.where(real, a, b) for a, b in zip(new, state, strict=True)])
            state = new._replace(h=new.h + probe[:, t])
            outputs[t] = state.h
        return tf.stack(outputs, axis=1), state

    return _differentiated(given, run)


def by_numpy(given: Problem, reverse: bool = False) -> Answer:
    """The plain NumPy equations."""
    arrays = tf.nest.map_structure(lambda x: x.numpy(), given[1:])
    weights, inputs, mask, state, upstream, last = arrays
    cell = numpy_cell(given.cell)
    outputs, final, memories = numpy_reference.forward(
        cell, weights._asdict(), inputs, mask, tuple(state), reverse
    )
    gradients, to_inputs, initial, hidden = numpy_reference.backward(
        cell, weights._asdict(), memories, mask, upstream, tuple(last), reverse
    )
    return Answer(
        outputs, type(state)(*final), type(weights)(**gradients), to_inputs,
        type(state)(*initial), hidden,
    )  # fmt: skip


def numpy_cell(cell: Cell):
    """The reference of a built-in cell."""
    name = type(cell).__name__
    if name == "SimpleCell":
        return numpy_reference.Simple(cell.activation)
    return {"LSTMCell": numpy_reference.LSTM, "GRUCell": numpy_reference.GRU}[name]()


def assert_equal_answers(ours: Answer, theirs: Answer, rtol: float, atol: float) -> None:
    """Compares every tensor of two answers, and names the one that differs."""
    for path, (mine, other) in _paired(ours, theirs):
        np.testing.assert_allclose(mine, other, rtol=rtol, atol=atol, err_msg=path)


def assert_same_bits(ours: Answer, theirs: Answer) -> None:
    """Like ``assert_equal_answers``, with nothing forgiven."""
    for path, (mine, other) in _paired(ours, theirs):
        np.testing.assert_array_equal(mine, other, err_msg=path)


def _paired(ours, theirs):
    for field in Answer._fields:
        pairs = zip(
            tf.nest.flatten(getattr(ours, field)),
            tf.nest.flatten(getattr(theirs, field)),
            strict=True,
        )
        for index, pair in enumerate(pairs):
            yield f"{field}[{index}]", pair


def _differentiated(given: Problem, run) -> Answer:
    probe = tf.zeros_like(given.upstream)
    watched = [given.weights, given.inputs, given.state, probe]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outputs, state = run(*watched)
        loss = tf.reduce_sum(outputs * given.upstream)
        for part, gradient in zip(state, given.last, strict=True):
            loss += tf.reduce_sum(part * gradient)
    return Answer(outputs, state, *tape.gradient(loss, watched, unconnected_gradients="zero"))
