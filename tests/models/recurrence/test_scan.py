"""The scan's masks, directions, windows, probe and recomputation, and cells of one's own."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import UserError
from models.recurrence import cells, scan
from tests.models.recurrence.own_cell import MinimalGatedUnit
from tests.models.recurrence.problem import (
    assert_equal_answers,
    assert_same_bits,
    by_plain_steps,
    by_scan,
    problem,
)

EXACT = {"rtol": 1e-8, "atol": 1e-12}
each_cell = pytest.mark.parametrize("cell", cells.names)


@each_cell
@pytest.mark.parametrize("reverse", [False, True])
def test_masked_steps_pass_state_and_gradient_untouched(cell, reverse):
    asked = problem(cell, batch=2)
    asked = asked._replace(mask=tf.zeros_like(asked.mask), upstream=0 * asked.upstream)
    answer = by_scan(asked, reverse=reverse)
    for initial, final in zip(asked.state, answer.state, strict=True):
        np.testing.assert_array_equal(initial, final)
    for arriving, leaving in zip(asked.last, answer.initial, strict=True):
        np.testing.assert_array_equal(arriving, leaving)
    np.testing.assert_array_equal(answer.outputs, np.stack([asked.state.h] * 7, axis=1))
    np.testing.assert_array_equal(answer.hidden, np.stack([asked.last.h] * 7, axis=1))
    for gradient in (*answer.weights, answer.inputs):
        assert not np.any(gradient)


@each_cell
@pytest.mark.parametrize("reverse", [False, True])
def test_what_lies_in_the_padding_changes_nothing(cell, reverse):
    asked = problem(cell, length=9)
    answer = by_scan(asked, reverse=reverse)
    padding = ~asked.mask[..., tf.newaxis]
    other = asked._replace(inputs=tf.where(padding, 1e3, asked.inputs))
    assert_same_bits(by_scan(other, reverse=reverse), answer)
    assert not np.any(tf.where(padding, answer.inputs, 0))


@each_cell
@pytest.mark.parametrize("reverse", [False, True])
def test_without_a_mask_every_step_is_real(cell, reverse):
    asked = problem(cell)
    full = asked._replace(mask=tf.ones_like(asked.mask))
    assert_equal_answers(
        by_scan(asked._replace(mask=None), reverse=reverse),
        by_scan(full, reverse=reverse),
        **EXACT,
    )


@each_cell
def test_reverse_is_the_reversed_sequence_forwards(cell):
    asked = problem(cell)
    turned = asked._replace(
        **{name: tf.reverse(getattr(asked, name), [1]) for name in ("inputs", "mask", "upstream")}
    )
    backwards, forwards = by_scan(asked, reverse=True), by_scan(turned)
    again = {
        name: tf.reverse(getattr(forwards, name), [1]) for name in ("outputs", "inputs", "hidden")
    }
    assert_equal_answers(backwards, forwards._replace(**again), **EXACT)


@each_cell
@pytest.mark.parametrize("reverse", [False, True])
@settings(max_examples=10, deadline=None)
@given(length=st.integers(1, 20), window=st.integers(1, 25), seed=st.integers(0, 2**16))
def test_a_window_cuts_like_stop_gradient(cell, reverse, length, window, seed):
    asked = problem(cell, length=length, seed=seed)
    expected = by_plain_steps(asked, reverse=reverse, window=window)
    for options in ({}, {"recompute": True}, {"gradient": "autodiff"}):
        answer = by_scan(asked, reverse=reverse, window=window, **options)
        assert_equal_answers(answer, expected, **EXACT)


@each_cell
@pytest.mark.parametrize("window", [7, 8, 100])
def test_a_window_over_everything_is_full_backpropagation_bit_for_bit(cell, window):
    asked = problem(cell, length=7)
    assert_same_bits(by_scan(asked, window=window), by_scan(asked))


@each_cell
@pytest.mark.parametrize("reverse", [False, True])
@settings(max_examples=10, deadline=None)
@given(length=st.integers(1, 40), seed=st.integers(0, 2**16))
def test_recomputing_changes_nothing(cell, reverse, length, seed):
    asked = problem(cell, length=length, seed=seed)
    assert_equal_answers(
        by_scan(asked, reverse=reverse, recompute=True),
        by_scan(asked, reverse=reverse),
        rtol=1e-12,
        atol=1e-13,
    )


@each_cell
@pytest.mark.parametrize("options", [{}, {"recompute": True}, {"gradient": "autodiff"}])
def test_recurrent_mask(cell, options):
    asked = problem(cell)
    recurrent_mask = tf.constant(2.0 * (np.random.default_rng(5).random((3, 5)) > 0.5))
    assert_equal_answers(
        by_scan(asked, recurrent_mask=recurrent_mask, **options),
        by_plain_steps(asked, recurrent_mask=recurrent_mask),
        **EXACT,
    )


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("window", [None, 3])
def test_a_cell_of_ones_own_is_differentiated_by_the_tape(reverse, window):
    asked = problem(MinimalGatedUnit())
    options = {"reverse": reverse, "window": window}
    expected = by_plain_steps(asked, **options)
    assert_equal_answers(by_scan(asked, **options), expected, **EXACT)
    assert_equal_answers(tf.function(lambda: by_scan(asked, **options))(), expected, **EXACT)


def test_what_needs_equations_is_refused_without_them():
    asked = problem(MinimalGatedUnit())
    with pytest.raises(UserError, match="recompute needs the analytic gradient"):
        by_scan(asked, recompute=True)
    with pytest.raises(UserError, match="recurrent_dropout is not for MinimalGatedUnit"):
        by_scan(asked, recurrent_mask=tf.ones([3, 5], tf.float64))
    built_in = problem("gru")
    with pytest.raises(UserError, match="gradient 'autodiff'"):
        by_scan(built_in, recompute=True, gradient="autodiff")


def test_shapes_are_known_as_far_as_they_can_be():
    asked = problem("lstm", dtype="float32")

    @tf.function(input_signature=[tf.TensorSpec([None, None, 4])])
    def traced(inputs):
        state = type(asked.state)(*[tf.zeros([tf.shape(inputs)[0], 5])] * 2)
        outputs, state = scan(asked.cell, asked.weights, inputs, None, state)
        assert outputs.shape.as_list() == [None, None, 5]
        assert state.h.shape.as_list() == state.c.shape.as_list() == [None, 5]
        return outputs

    assert traced(asked.inputs).shape == (3, 7, 5)
