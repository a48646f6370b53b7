"""Backpropagation through time by hand, for every analytic cell.

Forward is a scan that keeps the states and what the cell wants kept. Backward is a scan the other
way: it carries ∂L/∂state, and at step t

    total_t     = carried + ∂L/∂h_t from the output of step t
    deltas_t    = cell.deltas(derivatives_t, total_t)
    carried     = cell.retreat(derivatives_t, total_t, deltas_t W_hᵀ)

Only the product with W_h is sequential. The derivatives are element-wise in what was kept and are
taken for all steps before the scan; the gradients of the weights and of the inputs are products of
all steps' deltas and are taken after it. total_t is the gradient that the lens shows.

A masked step hands the state on, so its Jacobian is the identity: carried = total_t, and its deltas
are zero because the total that acts on them is.
"""

import math
from typing import NamedTuple

import tensorflow as tf

from models.recurrence.cell import AnalyticCell, recur
from models.recurrence.course import Course, arrays, flat, stack, write


class Scan(NamedTuple):
    """What is scanned, or a stretch of it; time-major."""

    cell: AnalyticCell
    weights: tuple
    inputs: tf.Tensor  # [T, B, E]
    mask: tf.Tensor | None  # [T, B, 1]
    initial: tuple  # [B, H] each
    course: Course
    window: int | None
    recurrent_mask: tf.Tensor | None  # [B, H]
    first_step: int | tf.Tensor = 0  # its number in the whole, where this is a stretch

    def stretch(self, start: int | tf.Tensor, size: int | tf.Tensor, initial: tuple) -> "Scan":
        """``size`` successive steps from ``start``, which begin with a state of their own."""
        first = self.first_time(start, size)
        return self._replace(
            inputs=_cut(self.inputs, first, size),
            mask=None if self.mask is None else _cut(self.mask, first, size),
            initial=initial,
            course=Course(size, self.course.reverse),
            first_step=start,
        )

    def first_time(self, start: int | tf.Tensor, size: int | tf.Tensor) -> int | tf.Tensor:
        """The earliest time of a stretch; its others follow."""
        return self.course.length - start - size if self.course.reverse else start


class Trace(NamedTuple):
    """What a forward pass leaves behind; time-major."""

    states: tuple  # [T + 1, B, H] each, by the course's slots
    kept: tuple | None  # [T, B, any] each; None where it was not asked for


class Gradients(NamedTuple):
    """What a backward pass gives."""

    weights: tuple
    inputs: tf.Tensor  # [T, B, E]
    hidden: tf.Tensor | None  # ∂L/∂h_t in total [T, B, H]; None where nobody asks

    @property
    def by_time(self) -> list[tf.Tensor]:
        """Those that have a time axis."""
        return [self.inputs] if self.hidden is None else [self.inputs, self.hidden]


def analytic_scan(
    cell: AnalyticCell,
    weights: tuple,
    inputs: tf.Tensor,
    mask: tf.Tensor | None,
    initial_state: tuple,
    course: Course,
    probe: tf.Tensor | None,
    window: int | None,
    recompute: bool,
    recurrent_mask: tf.Tensor | None,
) -> tuple[tf.Tensor, tuple]:
    """The scan with its gradient attached: ``models.recurrence.scan``'s arguments, time-major."""

    @tf.custom_gradient
    def run(weights, inputs, initial_state, *probes):
        scan = Scan(cell, weights, inputs, mask, initial_state, course, window, recurrent_mask)
        trace = _forward(scan, keep=not recompute)
        states = trace.states
        hidden = states.h[: course.length] if course.reverse else states.h[1:]
        final = _at(states, course.after(course.length - 1))
        checkpoints = _checkpoints(scan, states) if recompute else None

        def backward(upstream, *carried):
            carried, probed = cell.State(*carried), bool(probes)
            carried, gradients = (
                _backward_in_stretches(scan, checkpoints, upstream, carried, probed)
                if recompute
                else _backward(scan, trace, upstream, carried, probed)
            )
            return gradients.weights, gradients.inputs, carried, [gradients.hidden] * len(probes)

        return (hidden, *final), backward

    probes = [] if probe is None else [probe]
    hidden, *final = run(weights, inputs, initial_state, *probes)
    return hidden, cell.State(*final)


def _forward(scan: Scan, keep: bool) -> Trace:
    """The states at every slot and, if asked to ``keep``, what the cell keeps of every time."""
    cell, weights, inputs, course = scan.cell, scan.weights, scan.inputs, scan.course
    batch, units = tf.shape(scan.initial.h)[0], scan.initial.h.shape[1]
    # One product for all steps; where memory matters more, [T, B, G·H] is not even made.
    projected = _unflat(cell.project(weights, flat(inputs)), inputs) if keep else None
    like = [tf.zeros([batch, width * units], inputs.dtype) for width in cell.kept_widths if keep]
    states = arrays(scan.initial, course.length + 1)
    states = write(states, course.before(0), scan.initial)

    def body(step, state, states, kept):
        time = course.time(step)
        recurrent = recur(weights, state.h, scan.recurrent_mask)
        now = projected[time] if keep else cell.project(weights, inputs[time])
        following, leaves = cell.advance(weights, now, recurrent, state)
        if scan.mask is not None:
            following = _choose(scan.mask[time], following, state)
        states = write(states, course.after(step), following)
        return step + 1, following, states, write(kept, time, list(leaves) if keep else [])

    *_, states, kept = tf.while_loop(
        lambda step, *_: step < course.length,
        body,
        (0, scan.initial, states, arrays(like, course.length)),
        maximum_iterations=course.length,
    )
    kept = cell.Kept(*stack(kept, like, course.length)) if keep else None
    return Trace(stack(states, scan.initial, course.length + 1), kept)


def _backward(scan: Scan, trace: Trace, upstream: tf.Tensor, carried: tuple, probed: bool):
    """Takes ∂L/∂state back through all steps.

    Args:
        upstream: ∂L/∂h_t from the outputs, [T, B, H].
        carried: ∂L/∂state after the last step.
        probed: whether somebody asks for ∂L/∂h_t in total.

    Returns:
        ∂L/∂state before the first step, and the Gradients.
    """
    cell, weights, inputs, mask = scan.cell, scan.weights, scan.inputs, scan.mask
    earlier, later = _map(lambda x: x[:-1], trace.states), _map(lambda x: x[1:], trace.states)
    previous, state = (later, earlier) if scan.course.reverse else (earlier, later)
    hidden = previous.h if scan.recurrent_mask is None else previous.h * scan.recurrent_mask
    derivatives = cell.derivatives(_map(flat, trace.kept), _map(flat, previous), _map(flat, state))
    by_time = _map(lambda x: _unflat(x, inputs), derivatives)

    carried, totals = _carry_back(scan, by_time, upstream, carried)
    acting = totals if mask is None else _map(lambda x: x * tf.cast(mask, x.dtype), totals)
    weight_gradients, deltas = cell.weight_gradients(
        derivatives, _map(flat, acting), flat(inputs), flat(hidden)
    )
    input_gradients = _unflat(tf.matmul(deltas, tf.transpose(weights.kernel)), inputs)
    return carried, Gradients(weight_gradients, input_gradients, totals.h if probed else None)


def _carry_back(scan: Scan, derivatives: tuple, upstream: tf.Tensor, carried: tuple):
    """The sequential part: ∂L/∂state before the first step, and in total at each time."""
    course, mask = scan.course, scan.mask
    # Transposed once: as a part of each step's small product it would double its time.
    kernel = tf.transpose(scan.weights.recurrent_kernel)

    def body(left, carried, totals):
        step = left - 1
        time = course.time(step)
        total = carried._replace(h=carried.h + upstream[time])
        real = None if mask is None else tf.cast(mask[time], total.h.dtype)
        acting = total if mask is None else _map(lambda x: x * real, total)
        local = _at(derivatives, time)
        deltas = scan.cell.deltas(local, acting)
        returned = tf.matmul(deltas, kernel)
        if scan.recurrent_mask is not None:
            returned *= scan.recurrent_mask
        carried = scan.cell.retreat(local, acting, returned)
        if mask is not None:
            carried = _choose(mask[time], carried, total)
        if scan.window is not None:
            number = scan.first_step + step
            cut = (number % scan.window == 0) & (number > 0)
            carried = _map(lambda x: tf.where(cut, tf.zeros_like(x), x), carried)
        return left - 1, carried, write(totals, time, total)

    _, carried, totals = tf.while_loop(
        lambda left, *_: left > 0,
        body,
        (course.length, carried, arrays(carried, course.length)),
        maximum_iterations=course.length,
    )
    return carried, stack(totals, carried, course.length)


class Stretches(NamedTuple):
    """A course in about √T stretches of about √T steps.

    The first is what is left over when the rest is divided evenly.
    """

    first: int | tf.Tensor  # steps of the first
    size: int | tf.Tensor  # steps of each other one
    count: int | tf.Tensor  # of the others

    @classmethod
    def of(cls, length: int | tf.Tensor) -> "Stretches":
        """Those of so many steps."""
        size = _square_root(length)
        count = length // size
        return cls(length - count * size, size, count)


def _checkpoints(scan: Scan, states: tuple) -> tuple:
    """The states that the stretches start from, [1 + count, B, H]."""
    first, size, count = Stretches.of(scan.course.length)
    starts = tf.concat([[0], first + size * tf.range(count)], axis=0)
    return _map(lambda x: tf.gather(x, scan.course.before(starts)), states)


def _backward_in_stretches(
    scan: Scan, checkpoints: tuple, upstream: tf.Tensor, carried: tuple, probed: bool
):
    """``_backward`` stretch by stretch, each run forward once more from its checkpoint.

    Checkpoints at every √T-th step: Chen et al. (2016), "Training deep nets with sublinear memory
    cost", section 4.
    """
    course = scan.course
    first, size, count = Stretches.of(course.length)

    def part(index, start, size, carried):
        stretch = scan.stretch(start, size, _at(checkpoints, index))
        part_upstream = _cut(upstream, scan.first_time(start, size), size)
        return _backward(stretch, _forward(stretch, True), part_upstream, carried, probed)

    def body(left, carried, weights, slices):
        carried, gradients = part(left, first + (left - 1) * size, size, carried)
        weights = tf.nest.map_structure(tf.add, weights, gradients.weights)
        index = count - left if course.reverse else left - 1
        return left - 1, carried, weights, write(slices, index, gradients.by_time)

    slices = [
        tf.TensorSpec([size if isinstance(size, int) else None, *x.shape[1:]], x.dtype)
        for x in ([scan.inputs, upstream] if probed else [scan.inputs])
    ]
    _, carried, weights, slices = tf.while_loop(
        lambda left, *_: left > 0,
        body,
        (count, carried, _map(tf.zeros_like, scan.weights), arrays(slices, count)),
        maximum_iterations=count,
        parallel_iterations=1,  # or the next stretches are run ahead, and fill the memory
    )
    carried, gradients = part(0, 0, first, carried)
    weights = tf.nest.map_structure(tf.add, weights, gradients.weights)
    # Joining needs everything twice: not before the last stretch has let go of the rest.
    with tf.control_dependencies(tf.nest.flatten([weights, gradients.by_time])):
        joined = []
        for array, last in zip(slices, gradients.by_time, strict=True):
            even = _evenly(array, count, size, last)
            joined.append(tf.concat([even, last] if course.reverse else [last, even], axis=0))
    inputs, hidden = joined if probed else (*joined, None)
    return carried, Gradients(weights, inputs, hidden)


def _evenly(array: tf.TensorArray, count, size, like: tf.Tensor) -> tf.Tensor:
    """``count`` slices [size, …] as one tensor [count · size, …], shaped like ``like``."""

    def joined():
        return tf.reshape(array.stack(), tf.concat([[count * size], tf.shape(like)[1:]], axis=0))

    if isinstance(count, int):
        return joined() if count else like[:0]
    return tf.cond(count > 0, joined, lambda: like[:0])


def _square_root(length):
    """The whole part of √length, at least 1."""
    if isinstance(length, int):
        return max(1, math.isqrt(length))
    return tf.maximum(1, tf.cast(tf.sqrt(tf.cast(length, tf.float32)), tf.int32))


def _at(nest, index):
    """Every tensor of the nest at an index of its first axis."""
    return _map(lambda x: x[index], nest)


def _cut(nest, first, size):
    """``size`` entries of every tensor's first axis, from ``first``; the other axes keep shape."""

    def cut(tensor):
        others = len(tensor.shape) - 1
        part = tf.slice(tensor, [first] + [0] * others, [size] + [-1] * others)
        return tf.ensure_shape(part, [size if isinstance(size, int) else None, *tensor.shape[1:]])

    return _map(cut, nest)


def _choose(mask, chosen, otherwise):
    return tf.nest.map_structure(lambda a, b: tf.where(mask, a, b), chosen, otherwise)


def _map(function, nest):
    return tf.nest.map_structure(function, nest)


def _unflat(tensor, like):
    """[N, any] to [T, B, any], with T and B those of ``like``."""
    return tf.reshape(tensor, tf.concat([tf.shape(like)[:2], [tensor.shape[-1]]], axis=0))
