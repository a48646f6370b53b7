"""A cell run over time."""

from typing import Literal

import tensorflow as tf

from foundation.errors import UserError
from models.recurrence.bptt import analytic_scan
from models.recurrence.cell import AnalyticCell, Cell
from models.recurrence.course import Course, arrays, flat, length_of, stack, time_major, write

Gradient = Literal["analytic", "autodiff"]


def scan(
    cell: Cell,
    weights: tuple,
    inputs: tf.Tensor,
    mask: tf.Tensor | None,
    initial_state: tuple,
    reverse: bool = False,
    gradient: Gradient = "analytic",
    probe: tf.Tensor | None = None,
    window: int | None = None,
    recompute: bool = False,
    recurrent_mask: tf.Tensor | None = None,
) -> tuple[tf.Tensor, tuple]:
    """Runs the cell over the sequence; differentiable in weights, inputs, initial state and probe.

    A masked step passes the state on untouched, and the gradient back untouched.

    Args:
        cell: the step function.
        weights: the cell's weights, a named tuple of tensors.
        inputs: [B, T, E].
        mask: [B, T] boolean, True = real token; None when every step is real.
        initial_state: the cell's State, [B, H] each.
        reverse: run from the last time step to the first.
        gradient: "analytic" for the backward pass by hand, where the cell has one; "autodiff" for
            the tape's. A cell that is not an AnalyticCell always takes the tape's.
        probe: zeros [B, T, H]; its gradient is the total ∂L/∂h_t of every time step.
        window: cuts the gradient that the state carries between windows of this many steps
            (truncated BPTT, Williams and Peng 1990), counted from the step that the scan starts
            with. None cuts nothing. The gradient that reaches the initial state is not cut.
        recompute: keep the state of about every √T-th step alone, and run the steps between two of
            them forward once more when the backward pass comes to them (Chen et al. 2016). The
            same gradient, for the time of a second forward pass, in less memory: the inputs and
            outputs of all steps, and what else about √T steps need.
        recurrent_mask: [B, H], multiplies h_{t-1} where it enters the recurrent kernel.

    Returns:
        The outputs h_t at every time step [B, T, H], and the state after the last step.

    Raises:
        UserError: when ``recompute`` or ``recurrent_mask`` is asked of a cell that has no backward
            pass of its own.
    """
    by_hand = isinstance(cell, AnalyticCell)
    if not by_hand and recurrent_mask is not None:
        raise UserError(f"recurrent_dropout is not for {type(cell).__name__}: set it to 0.")
    if recompute and not (by_hand and gradient == "analytic"):
        raise UserError(
            f"recompute needs the analytic gradient of a built-in cell, and this is "
            f"{type(cell).__name__} with the gradient '{gradient}': set it to false."
        )
    inputs = time_major(inputs)
    mask = None if mask is None else time_major(mask)[:, :, tf.newaxis]
    probe = None if probe is None else time_major(probe)
    course = Course(length_of(inputs), reverse)
    if by_hand and gradient == "analytic":
        hidden, state = analytic_scan(
            cell, weights, inputs, mask, initial_state, course, probe, window, recompute,
            recurrent_mask,
        )  # fmt: skip
    else:
        hidden, state = _autodiff_scan(
            cell, weights, inputs, mask, initial_state, course, probe, window, recurrent_mask
        )
    return time_major(hidden), state


def _autodiff_scan(
    cell, weights, inputs, mask, initial_state, course, probe, window, recurrent_mask
):
    """The scan whose gradient is the tape's; time-major."""
    projected = cell.project(weights, flat(inputs))
    projected = tf.reshape(
        projected, tf.concat([tf.shape(inputs)[:2], tf.shape(projected)[1:]], axis=0)
    )
    constants = {} if recurrent_mask is None else {"recurrent_mask": recurrent_mask}

    def body(step, state, outputs):
        time = course.time(step)
        if window is not None:
            cut = (step % window == 0) & (step > 0)
            state = tf.nest.map_structure(lambda x: tf.where(cut, tf.stop_gradient(x), x), state)
        following = cell.step(weights, projected[time], state, **constants)
        if mask is not None:
            following = tf.nest.map_structure(
                lambda new, old: tf.where(mask[time], new, old), following, state
            )
        if probe is not None:
            following = following._replace(h=following.h + probe[time])
        return step + 1, following, write(outputs, time, following.h)

    _, state, outputs = tf.while_loop(
        lambda step, *_: step < course.length,
        body,
        (0, initial_state, arrays(initial_state.h, course.length)),
        maximum_iterations=course.length,
    )
    return stack(outputs, initial_state.h, course.length), state
