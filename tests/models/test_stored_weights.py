"""Weights kept at fewer bits."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.stored_weights import StoredWeights, from_int8, to_int8

MATRICES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=3, max_side=9),
    elements=st.floats(-1e4, 1e4, width=32, allow_subnormal=False),
    # TensorFlow flushes a scale below float32's smallest normal number to zero, NumPy does not.
).map(lambda values: np.where(np.abs(values) < 1e-30, np.float32(0), values))


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_int8_is_what_numpy_rounds_to(values):
    stored = to_int8(tf.constant(values))
    scales = np.abs(values).max(axis=-1, keepdims=True) / np.float32(127)
    steps = np.round(np.divide(values, scales, out=np.zeros_like(values), where=scales > 0))
    np.testing.assert_allclose(stored.scales, scales, rtol=1e-6)
    # A value between two steps may fall to either.
    assert np.abs(stored.steps.numpy().astype(int) - steps.astype(int)).max() <= 1
    error = np.abs(from_int8(stored).numpy() - values)
    assert np.all(error <= 0.5 * scales * (1 + 1e-4))


def test_int8_keeps_zeros_and_the_largest_magnitudes():
    values = tf.constant([[0.0, 0.0], [-3.0, 1.5]])
    stored = to_int8(values)
    assert stored.steps.numpy().tolist() == [[0, 0], [-127, 64]]
    np.testing.assert_allclose(from_int8(stored)[:, 0], [0, -3])


def test_bfloat16_keeps_eight_bits_of_every_number():
    values = np.random.default_rng(0).normal(size=(30, 20)).astype(np.float32)
    read = read_in_place(keras.Variable(values), "bfloat16")
    assert np.all(np.abs(read - values) <= np.abs(values) * 2.0**-8)
    assert not np.array_equal(read, values)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_vectors_stay_as_they_are(precision):
    values = np.random.default_rng(0).normal(size=30).astype(np.float32)
    np.testing.assert_array_equal(read_in_place(keras.Variable(values), precision), values)


def test_it_is_a_copy_that_training_does_not_change():
    variable = keras.Variable([[1.0, 2.0]])
    stored = StoredWeights([variable], "bfloat16")
    variable.assign([[5.0, 6.0]])
    with stored.in_place():
        assert keras.ops.convert_to_numpy(variable.value).tolist() == [[1.0, 2.0]]
    assert keras.ops.convert_to_numpy(variable.value).tolist() == [[5.0, 6.0]]


def test_one_stored_copy_does_not_touch_another():
    first, second = (StoredWeights([keras.Variable([[x]])], "bfloat16") for x in (1.0, 2.0))
    del second
    assert read(first).tolist() == [[1.0]]


def test_what_is_no_floating_number_is_left_out():
    counter = keras.Variable(3, dtype="int32")
    assert not StoredWeights([counter], "int8").variables


def read_in_place(variable: keras.Variable, precision: str) -> np.ndarray:
    with StoredWeights([variable], precision).in_place():
        return np.asarray(variable.value)


def read(stored: StoredWeights) -> np.ndarray:
    (restored,) = stored._restored
    return restored.read().numpy()
