"""Every gradient of every cell: against NumPy, autodiff of the plain step, finite differences."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from models.recurrence import cells
from models.recurrence.gru import GRUCell
from tests.models import numpy_reference
from tests.models.recurrence.problem import (
    Problem,
    assert_equal_answers,
    by_numpy,
    by_plain_steps,
    by_scan,
    numpy_cell,
    problem,
)

KINDS = [
    ("simple", "tanh"),
    ("simple", "relu"),
    ("simple", "leaky_relu"),
    ("lstm", "tanh"),
    ("gru", "tanh"),
]
EXACT = {"rtol": 1e-8, "atol": 1e-12}
SINGLE = {"rtol": 1e-5, "atol": 1e-5}


@pytest.mark.parametrize(("cell", "activation"), KINDS)
@settings(max_examples=12, deadline=None)
@given(
    batch=st.integers(1, 4),
    length=st.integers(1, 50),
    width=st.integers(1, 5),
    units=st.integers(1, 6),
    reverse=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_equals_autodiff_of_the_plain_step(
    cell, activation, batch, length, width, units, reverse, seed
):
    asked = problem(cell, batch, length, width, units, seed, activation)
    assert_equal_answers(
        by_scan(asked, reverse=reverse), by_plain_steps(asked, reverse=reverse), **EXACT
    )


@pytest.mark.parametrize(("cell", "activation"), KINDS)
@settings(max_examples=15, deadline=None)
@given(
    batch=st.integers(1, 4),
    length=st.integers(1, 50),
    reverse=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_equals_numpy(cell, activation, batch, length, reverse, seed):
    asked = problem(cell, batch, length, seed=seed, activation=activation)
    assert_equal_answers(by_scan(asked, reverse=reverse), by_numpy(asked, reverse), **EXACT)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_equals_finite_differences(cell, activation, reverse):
    asked = problem(cell, batch=2, length=5, width=3, units=4, seed=3, activation=activation)
    answer = by_scan(asked, reverse=reverse)
    arrays = tf.nest.map_structure(lambda x: np.array(x.numpy()), asked[1:])
    weights, inputs, mask, state, upstream, last = arrays

    def loss():
        outputs, final, _ = numpy_reference.forward(
            numpy_cell(asked.cell), weights._asdict(), inputs, mask, tuple(state), reverse
        )
        return np.sum(outputs * upstream) + sum(
            np.sum(part * gradient) for part, gradient in zip(final, last, strict=True)
        )

    variables = [*weights, inputs, *state]
    gradients = [*answer.weights, answer.inputs, *answer.initial]
    for variable, gradient in zip(variables, gradients, strict=True):
        np.testing.assert_allclose(
            gradient, _central_differences(loss, variable), rtol=1e-6, atol=1e-8
        )


def _central_differences(loss, variable, step=1e-5):
    """∂loss/∂variable, by moving each entry of the array in place, there and back."""
    slopes = np.zeros_like(variable)
    for index in np.ndindex(variable.shape):
        here = variable[index]
        variable[index] = here + step
        above = loss()
        variable[index] = here - step
        below = loss()
        variable[index] = here
        slopes[index] = (above - below) / (2 * step)
    return slopes


def _traced(cell, activation, dtype="float64", **options):
    """``by_scan`` as one graph for every batch size and length; E 4, H 5."""
    like = problem(cell, activation=activation, dtype=dtype)

    def unknown(tensor):
        return tf.TensorSpec([None] * (len(tensor.shape) - 1) + tensor.shape[-1:], tensor.dtype)

    signature = (
        tf.nest.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), like.weights),
        unknown(like.inputs),
        tf.TensorSpec([None, None], tf.bool),
        *(tf.nest.map_structure(unknown, part) for part in like[4:]),
    )
    return tf.function(
        lambda *arrays: by_scan(Problem(like.cell, *arrays), **options), input_signature=signature
    )


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("cell", "activation"), KINDS)
def test_traced_once_for_every_shape(cell, activation, reverse):
    traced = _traced(cell, activation, reverse=reverse)

    @settings(max_examples=10, deadline=None)
    @given(batch=st.integers(1, 5), length=st.integers(1, 50), seed=st.integers(0, 2**16))
    def check(batch, length, seed):
        asked = problem(cell, batch, length, seed=seed, activation=activation)
        assert_equal_answers(traced(*asked[1:]), by_numpy(asked, reverse), **EXACT)

    check()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", cells.names)
def test_recomputing_changes_nothing_where_the_length_is_unknown(cell, reverse):
    traced = _traced(cell, "tanh", reverse=reverse, recompute=True)
    for length in (1, 2, 3, 4, 5, 8, 9, 16, 23):
        asked = problem(cell, length=length, seed=length)
        assert_equal_answers(
            traced(*asked[1:]), by_scan(asked, reverse=reverse), rtol=1e-12, atol=1e-13
        )


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(
    "options", [{}, {"reverse": True}, {"recompute": True}, {"gradient": "autodiff"}]
)
@pytest.mark.parametrize("cell", cells.names)
def test_a_sequence_without_steps_hands_the_state_on(cell, options, traced):
    asked = problem(cell)
    empty = {name: getattr(asked, name)[:, :0] for name in ("inputs", "mask", "upstream")}
    asked = asked._replace(**empty)
    unknown_shapes = _traced(cell, "tanh", **options)
    answer = unknown_shapes(*asked[1:]) if traced else by_scan(asked, **options)
    assert answer.outputs.shape == answer.hidden.shape == (3, 0, 5)
    assert answer.inputs.shape == (3, 0, 4)
    arriving, leaving = (*asked.state, *asked.last), (*answer.state, *answer.initial)
    for before, after in zip(arriving, leaving, strict=True):
        np.testing.assert_array_equal(after, before)
    assert not any(np.any(gradient) for gradient in answer.weights)


@pytest.mark.parametrize(("cell", "activation"), KINDS)
@pytest.mark.parametrize("length", [1, 10, 50])
def test_single_precision(cell, activation, length):
    asked = problem(cell, length=length, activation=activation, dtype="float32")
    assert_equal_answers(by_scan(asked), by_plain_steps(asked), **SINGLE)


@pytest.mark.parametrize("options", [{}, {"reverse": True, "recompute": True, "window": 3}])
@pytest.mark.parametrize("cell", cells.names)
def test_compiled_by_xla(cell, options):
    asked = problem(cell)
    compiled = tf.function(lambda: by_scan(asked, **options), jit_compile=True)
    plain = {name: value for name, value in options.items() if name != "recompute"}
    assert_equal_answers(compiled(), by_plain_steps(asked, **plain), **EXACT)


@pytest.mark.parametrize("cell", cells.names)
def test_autodiff_on_request_gives_the_same(cell):
    asked = problem(cell)
    assert_equal_answers(by_scan(asked, gradient="autodiff"), by_scan(asked), **EXACT)
    traced = _traced(cell, "tanh", gradient="autodiff")
    assert_equal_answers(traced(*asked[1:]), by_scan(asked), **EXACT)


class TwiceTheGradient(GRUCell):
    """Its equations for the weights are wrong by a factor of two."""

    def weight_gradients(self, derivatives, gradient, inputs, hidden):
        gradients, deltas = super().weight_gradients(derivatives, gradient, inputs, hidden)
        return tf.nest.map_structure(lambda x: 2 * x, gradients), deltas


def test_the_equations_are_what_is_used():
    asked = problem(TwiceTheGradient())
    analytic, autodiff = by_scan(asked), by_scan(asked, gradient="autodiff")
    for ours, tape in zip(analytic.weights, autodiff.weights, strict=True):
        np.testing.assert_allclose(ours, 2 * tape, **EXACT)
