"""Predict over REST, inwards: the signature's tensors out of a JSON request.

The row form (`instances`) has one element per example; the columnar form (`inputs`) has one value
per tensor.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from serving import json_values
from serving.status import Code, ServingError, invalid


class Layout(Enum):
    """How a request lays out its tensors; the answer follows."""

    ROW = "instances"
    COLUMNAR = "inputs"


class PredictJson(NamedTuple):
    """A predict request's body, taken apart but not yet typed."""

    signature_name: str
    layout: Layout
    value: Any


_MAX_RANK = 254  # TensorFlow's bound on a tensor's dimensions


def read_request(document: Mapping[str, Any]) -> PredictJson:
    """Finds the signature's name and the one of `instances` and `inputs` that is there."""
    signature_name = read_signature_name(document)
    present = [layout for layout in Layout if layout.value in document]
    if len(present) == 2:
        raise invalid(
            f"JSON Value: {json_values.quote(document)} Not formatted correctly expecting only"
            " one of 'inputs' or 'instances' keys to exist "
        )
    if not present:
        raise invalid("Missing 'inputs' or 'instances' key")
    layout = present[0]
    value = document[layout.value]
    if layout is Layout.ROW and not isinstance(value, list):
        raise invalid(
            f"JSON Value: {json_values.quote(document)} Excepting 'instances' to be an list/array"
        )
    if layout is Layout.ROW and not value:
        raise invalid(f"JSON Value: {json_values.quote(document)} No values in 'instances' array")
    return PredictJson(signature_name, layout, value)


def read_signature_name(document: Mapping[str, Any]) -> str:
    """The optional `signature_name`; empty where there is none."""
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {json_values.quote(document)} not formatted correctly."
            " 'signature_name' key must be a string value."
        )
    return name


def read_tensors(request: PredictJson, dtypes: Mapping[str, tf.DType]) -> dict[str, np.ndarray]:
    """The signature's input tensors, by name.

    Args:
        request: what `read_request` found.
        dtypes: the signature's inputs and their types.

    Raises:
        ServingError: INVALID_ARGUMENT for whatever does not fit the signature; UNIMPLEMENTED
            for types that JSON has no form for.
    """
    if not dtypes:
        name = request.signature_name or "DEFAULT"
        raise invalid(f"Failed to get input map for signature: {name}")
    if request.layout is Layout.ROW:
        return _read_rows(request.value, dtypes)
    return _read_columns(request.value, dtypes)


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and not json_values.is_base64(value)


def _read_columns(value: Any, dtypes: Mapping[str, tf.DType]) -> dict[str, np.ndarray]:
    if not _is_record(value):
        if len(dtypes) > 1:
            raise invalid(
                "inputs is a plain value/list, but expecting an object as multiple input tensors"
                " required as per tensorinfo_map"
            )
        value = {next(iter(dtypes)): value}
    missing = [name for name in dtypes if name not in value]
    if missing:
        raise invalid(f"Missing named input: {missing[0]} in 'inputs' object.")
    return {name: _read_tensor(value[name], dtype) for name, dtype in dtypes.items()}


def _read_rows(rows: list[Any], dtypes: Mapping[str, tf.DType]) -> dict[str, np.ndarray]:
    named = _is_record(rows[0])
    if not named and len(dtypes) > 1:
        raise invalid(
            "instances is a plain list, but expecting list of objects as multiple input tensors"
            " required as per tensorinfo_map"
        )
    columns: dict[str, _Column] = {name: _Column(dtype) for name, dtype in dtypes.items()}
    for index, row in enumerate(rows):
        if _is_record(row) != named:
            expected, found = ("object", "list") if named else ("value/list", "object")
            raise invalid(f"Expecting {expected} but got {found} at item {index} of input list")
        record = row if named else {next(iter(dtypes)): row}
        _add_row(record, columns, index, named)
    return {name: column.array() for name, column in columns.items()}


def _add_row(
    record: Mapping[str, Any], columns: Mapping[str, "_Column"], index: int, named: bool
) -> None:
    for name, value in record.items():
        try:
            if name not in columns:
                raise invalid(f"JSON object: does not have named input: {name}")
            columns[name].add(value)
        except ServingError as error:
            key = f" key: {name}" if named else ""
            raise invalid(
                f"Failed to process element: {index}{key} of 'instances' list. Error: {error}"
            ) from error
    if record.keys() != columns.keys():
        raise invalid(
            f"Failed to process element: {index} of 'instances' list. JSON object:"
            f" {json_values.quote(record)} keys must be equal to: {','.join(sorted(columns))}"
        )


class _Column:
    """One input's values over the rows: every row has the first one's size and shape."""

    def __init__(self, dtype: tf.DType):
        self._dtype = dtype
        self._leaves: list[Any] = []
        self._rows = 0
        self._shape: tuple[int, ...] = ()
        self._size = 0

    def add(self, value: Any) -> None:
        shape = _shape_of(value)
        before = len(self._leaves)
        _collect(value, shape, 0, _reader(self._dtype), self._leaves)
        size = len(self._leaves) - before
        if self._rows and size != self._size:
            raise invalid(f"Expecting tensor size: {self._size} but got: {size}")
        if self._rows and shape != self._shape:
            raise invalid(
                f"Expecting shape {_show_shape(self._shape)} but got: {_show_shape(shape)}"
            )
        self._shape, self._size = shape, size
        self._rows += 1

    def array(self) -> np.ndarray:
        return _to_array(self._leaves, self._dtype, (self._rows, *self._shape))


def _read_tensor(value: Any, dtype: tf.DType) -> np.ndarray:
    shape = _shape_of(value)
    leaves: list[Any] = []
    _collect(value, shape, 0, _reader(dtype), leaves)
    return _to_array(leaves, dtype, shape)


def _shape_of(value: Any) -> tuple[int, ...]:
    """The dimensions along the first elements; `_collect` checks all others against them."""
    shape: list[int] = []
    while isinstance(value, list):
        shape.append(len(value))
        if len(shape) > _MAX_RANK:
            raise invalid(f"JSON list is nested deeper than {_MAX_RANK} levels")
        if not value:
            break
        value = value[0]
    return tuple(shape)


def _show_shape(shape: Iterable[int]) -> str:
    return f"[{','.join(str(size) for size in shape)}]"


def _collect(
    value: Any,
    shape: tuple[int, ...],
    level: int,
    read: Callable[[Any], Any],
    leaves: list[Any],
) -> None:
    if not isinstance(value, list):
        if level != len(shape):
            raise invalid(
                f"JSON Value: {json_values.quote(value)} found at incorrect level: {level + 1}"
                f" in the JSON DOM. Expected at level: {len(shape)}"
            )
        leaves.append(read(value))
        return
    if level >= len(shape):
        raise invalid(f"Encountered list at unexpected level: {level} expected < {len(shape)}")
    if len(value) != shape[level]:
        raise invalid(
            f"Encountered list at unexpected size: {len(value)} at level: {level}"
            f" expected size: {shape[level]}"
        )
    for element in value:
        _collect(element, shape, level + 1, read, leaves)


def _type_error(value: Any, dtype: tf.DType) -> ServingError:
    return invalid(
        f"JSON Value: {json_values.quote(value)} Type: {json_values.kind(value)}"
        f" is not of expected type: {dtype_name(dtype)}"
    )


def dtype_name(dtype: tf.DType) -> str:
    """TensorFlow's C++ name of a type: `float`, `double`, `int32`, ..."""
    return {tf.float32: "float", tf.float64: "double"}.get(dtype, dtype.name)


_INTEGERS = (tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint32, tf.uint64)


def _reader(dtype: tf.DType) -> Callable[[Any], Any]:
    """A function that takes one JSON leaf to a Python value of the type, or raises."""
    if dtype in (tf.float32, tf.float64):
        return lambda value: _read_float(value, dtype)
    if dtype in _INTEGERS:
        return lambda value: _read_integer(value, dtype)
    if dtype == tf.string:
        return lambda value: _read_string(value, dtype)
    if dtype == tf.bool:
        return lambda value: _read_bool(value, dtype)

    def refuse(value: Any) -> Any:
        raise ServingError(
            Code.UNIMPLEMENTED,
            f"Conversion of JSON Value: {json_values.quote(value)} to type: {dtype_name(dtype)}",
        )

    return refuse


def _read_float(value: Any, dtype: tf.DType) -> float:
    if type(value) not in (int, float):
        raise _type_error(value, dtype)
    try:
        return float(value)
    except OverflowError as error:
        raise invalid("JSON Parse error: Number too big to be stored in double.") from error


def _read_integer(value: Any, dtype: tf.DType) -> int:
    if type(value) is not int or not dtype.min <= value <= dtype.max:
        raise _type_error(value, dtype)
    return value


def _read_bool(value: Any, dtype: tf.DType) -> bool:
    if not isinstance(value, bool):
        raise _type_error(value, dtype)
    return value


def _read_string(value: Any, dtype: tf.DType) -> bytes:
    if isinstance(value, str):
        return json_values.encode_text(value)
    if json_values.is_base64(value):
        return json_values.decode_base64(value["b64"])
    if isinstance(value, dict):
        raise invalid(
            f"JSON Value: {json_values.quote(value)} not formatted correctly for base64 data"
        )
    raise _type_error(value, dtype)


def _to_array(leaves: list[Any], dtype: tf.DType, shape: tuple[int, ...]) -> np.ndarray:
    if dtype == tf.string:
        array = np.empty(len(leaves), dtype=object)
        array[:] = leaves
        return array.reshape(shape)
    with np.errstate(over="ignore"):
        return np.array(leaves, dtype=dtype.as_numpy_dtype).reshape(shape)
