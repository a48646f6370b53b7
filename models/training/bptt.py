"""Gradients of a batch by backpropagation through time: through all of it, or window by window."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import tensorflow as tf

from models.decoding import rows
from models.training.objectives.cross_entropy import CrossEntropy, decoder_input
from models.training.objectives.objective import Objective, Outcome
from models.training.objectives.scheduled_sampling import ScheduledSampling

BatchGradients = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tuple[list[tf.Tensor], Outcome]]
"""(source_ids [B, S], target_ids [B, T], update []) to a dense gradient of the outcome's loss for
each variable, and the outcome."""

WatchedGradients = Callable[
    [tf.Tensor, tf.Tensor, tf.Tensor], tuple[list[tf.Tensor], Outcome, dict[str, tf.Tensor]]
]
"""The same, and the summed loss's gradient of every recurrent state, by the probe's name."""


def full(objective: Objective, variables: list) -> BatchGradients:
    """One backward pass through the whole batch."""

    def gradients(source_ids, target_ids, update):
        with tf.GradientTape() as tape:
            outcome = objective(source_ids, target_ids, update)
        return _dense(tape.gradient(outcome.loss, variables), variables), outcome

    return gradients


def watched(
    translator: keras.Model, objective: CrossEntropy | ScheduledSampling, variables: list
) -> WatchedGradients:
    """As ``full``, and ∂L/∂h_t of every recurrent layer on the same way back.

    Args:
        translator: with ``probes``
        objective: one that takes ``probes``
        variables: of the translator
    """

    def gradients(source_ids, target_ids, update):
        probes = translator.probes(source_ids, target_ids)
        with tf.GradientTape() as tape:
            tape.watch(probes)
            outcome = objective(source_ids, target_ids, update, probes=probes)
        of_variables, of_states = tape.gradient(outcome.loss, (variables, probes))
        return _dense(of_variables, variables), outcome, of_states

    return gradients


class _Sums(NamedTuple):
    """What adds up over the windows."""

    variables: list[tf.Tensor]
    memory: list[tf.Tensor]
    loss: tf.Tensor
    measures: dict[str, tf.Tensor]


def windowed(
    translator: keras.Model, cross_entropy: CrossEntropy, window: int, variables: list
) -> BatchGradients:
    """A backward pass for each window of target positions (Williams and Peng 1990).

    A recurrent encoder's own recurrence is cut in the same way, every ``window`` source positions.

    The state is carried from window to window as a constant; nothing else of a window stays in
    memory. What a window's attention looks at keeps its exact gradient: the windows' gradients of
    the encoded source are summed, and go back through the encoder once. The first window's
    gradient of the state goes back through the bridge.

    Args:
        translator: with ``encode``, ``start`` and ``decode``
        cross_entropy: of the logits of a window
        window: positions
        variables: of the translator
    """

    def gradients(source_ids, target_ids, update):
        del update
        input_ids = decoder_input(target_ids)
        with tf.GradientTape() as encoding:
            memory = translator.encode(source_ids, training=True, window=window)
            # A memory may hold the state's own tensors, whose gradient would then count twice.
            start = tf.nest.map_structure(tf.identity, translator.start(memory))

        def stretch(begin, state):
            """The state after a window, the window's sums, and its gradient of ``state``."""
            places = slice(begin, begin + window)
            with tf.GradientTape() as tape:
                tape.watch([_floats(state), _floats(memory)])
                targets = target_ids[:, places]
                only = cross_entropy.only(targets)
                logits, after, _ = translator.decode(
                    input_ids[:, places], state, memory, training=True, only=only
                )
                outcome = cross_entropy.outcome(logits, targets)
            of_variables, of_state, of_memory = tape.gradient(
                outcome.loss, (variables, _floats(state), _floats(memory))
            )
            sums = _Sums(
                _dense(of_variables, variables),
                _dense(of_memory, _floats(memory)),
                outcome.loss,
                dict(outcome.measures),
            )
            return after, sums, _dense(of_state, _floats(state))

        after, first, of_start = stretch(0, start)
        total = _add_windows(stretch, window, tf.shape(target_ids)[1], after, first)
        of_encoding = encoding.gradient(
            [_floats(start), _floats(memory)],
            variables,
            output_gradients=[of_start, total.memory],
        )
        summed = tf.nest.map_structure(tf.add, total.variables, _dense(of_encoding, variables))
        weight = cross_entropy.weight(target_ids)
        return summed, Outcome(total.loss, weight, total.measures)

    return gradients


def _add_windows(stretch, window, length, state, first: _Sums) -> _Sums:
    """``first`` and the sums of all later windows."""

    def body(begin, state, total):
        after, sums, _ = stretch(begin, state)
        return begin + window, after, tf.nest.map_structure(tf.add, total, sums)

    _, _, total = tf.while_loop(
        lambda begin, *_: begin < length,
        body,
        (tf.constant(window), state, first),
        shape_invariants=(
            tf.TensorShape([]),
            rows.loose(state),
            tf.nest.map_structure(lambda tensor: tensor.shape, first),
        ),
        # Windows that run ahead of one another would all be in memory.
        parallel_iterations=1,
    )
    return total


def _floats(nest) -> list[tf.Tensor]:
    """The tensors of a nest that have a gradient."""
    return [tensor for tensor in tf.nest.flatten(nest) if tensor.dtype.is_floating]


def _dense(gradients: list, like: list) -> list[tf.Tensor]:
    """A tensor for each gradient: zeros where nothing depends on it, rows of an embedding added.

    Only dense gradients have a true norm, and add up over windows and devices.
    """
    return [
        tf.zeros_like(x) if g is None else tf.ensure_shape(tf.convert_to_tensor(g), x.shape)
        for g, x in zip(gradients, like, strict=True)
    ]
