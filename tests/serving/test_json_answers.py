"""JSON out of tensors."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from serving.json_answers import write_prediction
from serving.json_tensors import Layout
from serving.status import Code, ServingError


def texts(*values: bytes) -> np.ndarray:
    return np.array(values, dtype=object)


def row(**outputs: np.ndarray) -> object:
    return json.loads(write_prediction(Layout.ROW, outputs))


def columns(**outputs: np.ndarray) -> object:
    return json.loads(write_prediction(Layout.COLUMNAR, outputs))


def test_one_output_is_written_without_its_name():
    assert row(y=np.array([[1.5], [2]], np.float32)) == {"predictions": [[1.5], [2.0]]}
    assert columns(y=np.array(7)) == {"outputs": 7}


def test_several_outputs_are_objects():
    outputs = {"a": np.array([1, 2]), "b": texts(b"x", b"y")}
    assert row(**outputs) == {"predictions": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
    assert columns(**outputs) == {"outputs": {"a": [1, 2], "b": ["x", "y"]}}


def test_strings_are_base64_where_the_outputs_name_ends_in_bytes():
    data = texts(b"\0\xff")
    assert row(image_bytes=data) == {"predictions": [{"b64": "AP8="}]}
    outputs = {"image_bytes": data, "bytes": data}
    assert columns(**outputs)["outputs"] == {"image_bytes": [{"b64": "AP8="}], "bytes": ["\0�"]}


def test_rows_need_a_first_dimension():
    with pytest.raises(ServingError, match="Tensor name: y has no shape information") as raised:
        row(y=np.array(1.0, np.float32))
    assert raised.value.code is Code.INVALID_ARGUMENT


def test_rows_need_equal_first_dimensions():
    with pytest.raises(ServingError, match="inconsistent batch size: 2 expecting: 1"):
        row(a=np.zeros(1), b=np.zeros(2))


def test_floats_keep_their_point_in_the_text():
    written = write_prediction(Layout.ROW, {"y": np.array([1, 9e6, 0.2], np.float32)})
    assert written == '{"predictions": [1.0, 9e+06, 0.2]}'


def test_half_floats_are_written_as_floats():
    assert columns(y=np.array([0.5, 1 / 3], np.float16)) == {"outputs": [0.5, 0.333251953]}


def test_a_type_without_a_json_form_is_an_error():
    with pytest.raises(ServingError, match="Failed to write JSON value for tensor type: complex"):
        row(y=np.zeros(1, np.complex64))


@settings(max_examples=150, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.uint64, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    )
)
def test_any_array_is_written_as_numpy_lists_it(array):
    assert columns(y=array) == {"outputs": array.tolist()}
    if array.ndim:
        assert row(y=array) == {"predictions": array.tolist()}
