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


class Run(NamedTuple):
    """What a backward pass has of its forward pass; time-major."""

    cell: AnalyticCell
    weights: tuple
    inputs: tf.Tensor  # [T, B, E]
    mask: tf.Tensor | None  # [T, B, 1]
    states: tuple  # [T + 1, B, H], by the course's slots
    kept: tuple | None  # [T, B, any]; None to be recomputed
    course: Course
    window: int | None
    recurrent_mask: tf.Tensor | None  # [B, H]
    probed: bool


class Stretch(NamedTuple):
    """Successive steps: ``size`` of them from ``start``."""

    start: int | tf.Tensor
    size: int | tf.Tensor

    def first_time(self, course: Course) -> int | tf.Tensor:
        """The earliest time among them; the others follow it."""
        return course.length - self.start - self.size if course.reverse else self.start


class Gradients(NamedTuple):
    """What a stretch gives back."""

    weights: tuple
    inputs: tf.Tensor  # [size, B, E]
    hidden: tf.Tensor | None  # ∂L/∂h_t in total [size, B, H]; None where nobody asks

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
        states, kept = _forward(
            cell, weights, inputs, mask, initial_state, course, recurrent_mask, not recompute
        )
        record = Run(
            cell, weights, inputs, mask, states, kept, course, window, recurrent_mask, bool(probes)
        )
        hidden = states.h[: course.length] if course.reverse else states.h[1:]
        final = _at(states, course.after(course.length - 1))

        def backward(upstream, *carried):
            carried = cell.State(*carried)
            if recompute:
                carried, gradients = _backward_in_stretches(record, upstream, carried)
            else:
                carried, gradients = _backward(record, upstream, carried, Stretch(0, course.length))
            return gradients.weights, gradients.inputs, carried, [gradients.hidden] * len(probes)

        return (hidden, *final), backward

    probes = [] if probe is None else [probe]
    hidden, *final = run(weights, inputs, initial_state, *probes)
    return hidden, cell.State(*final)


def _forward(cell, weights, inputs, mask, initial, course, recurrent_mask, keep):
    """The states at every slot and, if asked to ``keep``, what the cell keeps of every time."""
    batch, units = tf.shape(initial.h)[0], initial.h.shape[1]
    # One product for all steps; where memory matters more, [T, B, G·H] is not even made.
    projected = _unflat(cell.project(weights, flat(inputs)), inputs) if keep else None
    like = [tf.zeros([batch, width * units], inputs.dtype) for width in cell.kept_widths if keep]
    states = arrays(initial, course.length + 1)
    states = write(states, course.before(0), initial)

    def body(step, state, states, kept):
        time = course.time(step)
        recurrent = recur(weights, state.h, recurrent_mask)
        now = projected[time] if keep else cell.project(weights, inputs[time])
        following, leaves = cell.advance(weights, now, recurrent, state)
        if mask is not None:
            following = _choose(mask[time], following, state)
        states = write(states, course.after(step), following)
        return step + 1, following, states, write(kept, time, list(leaves) if keep else [])

    *_, states, kept = tf.while_loop(
        lambda step, *_: step < course.length,
        body,
        (0, initial, states, arrays(like, course.length)),
        maximum_iterations=course.length,
    )
    kept = cell.Kept(*stack(kept, like, course.length)) if keep else None
    return stack(states, initial, course.length + 1), kept


def _backward(run: Run, upstream: tf.Tensor, carried: tuple, part: Stretch):
    """Takes ∂L/∂state back through a stretch.

    Args:
        upstream: the stretch's share of ∂L/∂h_t from the outputs, [size, B, H].
        carried: ∂L/∂state after the stretch's last step.

    Returns:
        ∂L/∂state before the stretch's first step, and the stretch's Gradients.
    """
    cell, weights, course = run.cell, run.weights, run.course
    first = part.first_time(course)
    earlier = _cut(run.states, first, part.size)
    later = _cut(run.states, first + 1, part.size)
    previous, state = (later, earlier) if course.reverse else (earlier, later)
    inputs = _cut(run.inputs, first, part.size)
    mask = None if run.mask is None else _cut(run.mask, first, part.size)

    hidden = previous.h if run.recurrent_mask is None else previous.h * run.recurrent_mask
    previous, state = _map(flat, previous), _map(flat, state)
    if run.kept is None:
        recurrent = tf.matmul(flat(hidden), weights.recurrent_kernel)
        projected = cell.project(weights, flat(inputs))
        _, kept = cell.advance(weights, projected, recurrent, previous)
    else:
        kept = _map(flat, _cut(run.kept, first, part.size))
    derivatives = cell.derivatives(kept, previous, state)
    by_time = _map(lambda x: _unflat(x, inputs), derivatives)

    carried, totals = _carry_back(run, by_time, upstream, mask, carried, part)
    acting = totals if mask is None else _map(lambda x: x * tf.cast(mask, x.dtype), totals)
    weight_gradients, deltas = cell.weight_gradients(
        derivatives, _map(flat, acting), flat(inputs), flat(hidden)
    )
    input_gradients = _unflat(tf.matmul(deltas, tf.transpose(weights.kernel)), inputs)
    hidden_gradients = totals.h if run.probed else None
    return carried, Gradients(weight_gradients, input_gradients, hidden_gradients)


def _carry_back(run: Run, derivatives: tuple, upstream, mask, carried: tuple, part: Stretch):
    """The sequential part: ∂L/∂state before the stretch, and in total at each of its times."""
    course = run.course
    # Transposed once: as a part of each step's small product it would double its time.
    kernel = tf.transpose(run.weights.recurrent_kernel)

    def body(left, carried, totals):
        step = part.start + left - 1
        index = course.time(step) - part.first_time(course)
        total = carried._replace(h=carried.h + upstream[index])
        real = None if mask is None else tf.cast(mask[index], total.h.dtype)
        acting = total if mask is None else _map(lambda x: x * real, total)
        local = _at(derivatives, index)
        deltas = run.cell.deltas(local, acting)
        returned = tf.matmul(deltas, kernel)
        if run.recurrent_mask is not None:
            returned *= run.recurrent_mask
        carried = run.cell.retreat(local, acting, returned)
        if mask is not None:
            carried = _choose(mask[index], carried, total)
        if run.window is not None:
            cut = (step % run.window == 0) & (step > 0)
            carried = _map(lambda x: tf.where(cut, tf.zeros_like(x), x), carried)
        return left - 1, carried, write(totals, index, total)

    _, carried, totals = tf.while_loop(
        lambda left, *_: left > 0,
        body,
        (part.size, carried, arrays(carried, part.size)),
        maximum_iterations=part.size,
    )
    return carried, stack(totals, carried, part.size)


def _backward_in_stretches(run: Run, upstream: tf.Tensor, carried: tuple):
    """``_backward`` over the whole course, about √T steps at a time.

    The course's first steps make one stretch of what is left over when the rest is divided evenly.
    """
    course = run.course
    size = _square_root(course.length)
    count = course.length // size
    rest = Stretch(0, course.length - count * size)

    def part_of(part, carried):
        part_upstream = _cut(upstream, part.first_time(course), part.size)
        return _backward(run, part_upstream, carried, part)

    def body(left, carried, weights, slices):
        part = Stretch(rest.size + (left - 1) * size, size)
        carried, gradients = part_of(part, carried)
        weights = tf.nest.map_structure(tf.add, weights, gradients.weights)
        index = count - left if course.reverse else left - 1
        return left - 1, carried, weights, write(slices, index, gradients.by_time)

    slices = [
        tf.TensorSpec([size if isinstance(size, int) else None, *x.shape[1:]], x.dtype)
        for x in ([run.inputs, upstream] if run.probed else [run.inputs])
    ]
    _, carried, weights, slices = tf.while_loop(
        lambda left, *_: left > 0,
        body,
        (count, carried, _map(tf.zeros_like, run.weights), arrays(slices, count)),
        maximum_iterations=count,
        parallel_iterations=1,  # or the next stretches are recomputed ahead, and fill the memory
    )
    carried, gradients = part_of(rest, carried)
    weights = tf.nest.map_structure(tf.add, weights, gradients.weights)
    joined = []
    for array, last in zip(slices, gradients.by_time, strict=True):
        even = _evenly(array, count, size, last)
        joined.append(tf.concat([even, last] if course.reverse else [last, even], axis=0))
    inputs, hidden = joined if run.probed else (*joined, None)
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
