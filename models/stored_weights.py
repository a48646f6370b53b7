"""Weights of an exported graph, kept at fewer bits than they are computed with.

The SavedModel holds each matrix as bfloat16, or as int8 with one float32 scale per row, and turns
it into float32 once, when it is loaded. So the gain is the size on disk and on the way to a server;
the graph computes as fast, and after rounding exactly as, a float32 one.
"""

import itertools
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, NamedTuple

import keras
import tensorflow as tf

Precision = Literal["float32", "bfloat16", "int8"]

_INT8_LIMIT = 127
_numbers = itertools.count()


class Int8(NamedTuple):
    """A matrix in whole numbers; values ≈ steps · scales.

    steps: int8, [..., N], from -127 to 127
    scales: float32, [..., 1]
    """

    steps: tf.Tensor
    scales: tf.Tensor


def to_int8(values: tf.Tensor) -> Int8:
    """Symmetric rounding, row by row: the largest magnitude of a row becomes ±127.

    Args:
        values: float32, [..., N]

    Returns:
        Int8; no value is off by more than half its row's scale.
    """
    scales = tf.reduce_max(tf.abs(values), axis=-1, keepdims=True) / _INT8_LIMIT
    steps = tf.round(tf.math.divide_no_nan(values, scales))
    return Int8(tf.cast(steps, tf.int8), scales)


def from_int8(stored: Int8) -> tf.Tensor:
    """The float32 values that are stored."""
    return tf.cast(stored.steps, tf.float32) * stored.scales


class Restored(tf.saved_model.experimental.TrackableResource):
    """A float32 tensor that a SavedModel makes from its stored form when it is initialised.

    Args:
        parts: the stored form, one variable or the two of Int8; whoever makes this holds them
            too, since TensorFlow does not look for variables in here
        shape: of the tensor
    """

    def __init__(self, parts: Sequence[tf.Variable], shape: tf.TensorShape):
        super().__init__()
        # Handles of one name share one value. Loading a SavedModel adds a suffix of its own.
        self._shared_name = f"restored_{next(_numbers)}"
        self._parts = parts
        self._shape = shape
        self._initialize()

    def read(self) -> tf.Tensor:
        """The tensor, as it comes back from its stored form."""
        value = tf.raw_ops.ReadVariableOp(resource=self.resource_handle, dtype=tf.float32)
        return tf.ensure_shape(value, self._shape)

    # The three that TensorFlow calls, when an object is made and when a SavedModel is loaded.

    def _create_resource(self):
        return tf.raw_ops.VarHandleOp(
            dtype=tf.float32, shape=self._shape, shared_name=self._shared_name
        )

    def _initialize(self):
        parts = [part.read_value() for part in self._parts]
        value = from_int8(Int8(*parts)) if len(parts) == 2 else tf.cast(parts[0], tf.float32)
        tf.raw_ops.AssignVariableOp(resource=self.resource_handle, value=value)

    def _destroy_resource(self):
        tf.raw_ops.DestroyResourceOp(resource=self.resource_handle)


class OwnWeights(tf.Module):
    """The variables of a Keras model themselves.

    Args:
        variables: of the model
    """

    def __init__(self, variables: Sequence[keras.Variable]):
        super().__init__()
        self._values = [variable.value for variable in variables]

    def in_place(self) -> AbstractContextManager:
        """Within it, a graph that is traced reads the variables: nothing is to be done."""
        return nullcontext()


class StoredWeights(tf.Module):
    """The floating-point variables of a Keras model in stored form, read in their place.

    Args:
        variables: of a model that is trained; what is no floating-point number is left out, no
            translation reads it
        precision: of the matrices
    """

    def __init__(self, variables: Sequence[keras.Variable], precision: Precision):
        super().__init__()
        floating = [variable for variable in variables if variable.value.dtype.is_floating]
        self._parts = [_stored(variable.value, precision) for variable in floating]
        self._restored = [
            Restored(parts, variable.value.shape)
            for parts, variable in zip(self._parts, floating, strict=True)
        ]
        # In a function, since a tracked Keras variable would be written as well.
        self._variables = lambda: floating

    def in_place(self) -> AbstractContextManager:
        """Within it, a graph that is traced reads the restored values for the variables."""
        values = [restored.read() for restored in self._restored]
        return keras.StatelessScope(list(zip(self._variables(), values, strict=True)))


def _stored(values: tf.Tensor, precision: Precision) -> list[tf.Variable]:
    """The parts that are written; a vector stays float32, it is no part of the size."""
    if len(values.shape) < 2:
        precision = "float32"
    parts = to_int8(values) if precision == "int8" else [tf.cast(values, precision)]
    return [tf.Variable(part, trainable=False) for part in parts]
