"""Tensors out of JSON predict requests."""

import json
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.json_tensors import Layout, read_request, read_tensors
from serving.json_values import parse_object
from serving.status import Code, ServingError


def read(document: object, **dtypes: tf.DType) -> dict[str, np.ndarray]:
    request = read_request(parse_object(json.dumps(document).encode()))
    return read_tensors(request, dtypes)


def refused(document: object, **dtypes: tf.DType) -> ServingError:
    with pytest.raises(ServingError) as raised:
        read(document, **dtypes)
    return raised.value


def test_the_default_signature_is_asked_for_where_no_name_is_given():
    request = read_request({"instances": [1], "unknown": 3})
    assert request == ("", Layout.ROW, [1])
    assert read_request({"signature_name": "s", "inputs": 2}) == ("s", Layout.COLUMNAR, 2)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"signature_name": 100, "instances": [1]}, "'signature_name' key must be a string value"),
        ({"instances": [1], "inputs": [1]}, "only one of 'inputs' or 'instances'"),
        ({}, "Missing 'inputs' or 'instances' key"),
        ({"instances": {"x": 1}}, "Excepting 'instances' to be an list/array"),
        ({"instances": []}, "No values in 'instances' array"),
    ],
)
def test_exactly_one_of_instances_and_inputs(document, message):
    error = refused(document, x=tf.float32)
    assert (error.code, message in error.message) == (Code.INVALID_ARGUMENT, True)


def test_instances_of_one_input_are_values_or_objects():
    plain = read({"instances": [[1, 2], [3, 4]]}, x=tf.float32)["x"]
    named = read({"instances": [{"x": [1, 2]}, {"x": [3, 4]}]}, x=tf.float32)["x"]
    assert plain.dtype == np.float32
    assert plain.tolist() == named.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_instances_of_several_inputs_are_objects_with_exactly_the_names():
    dtypes = {"a": tf.float32, "b": tf.string}
    rows = read({"instances": [{"a": 1, "b": "x"}, {"b": "y", "a": 2}]}, **dtypes)
    assert rows["a"].tolist() == [1.0, 2.0]
    assert rows["b"].tolist() == [b"x", b"y"]
    assert "instances is a plain list" in refused({"instances": [1]}, **dtypes).message
    assert "keys must be equal to: a,b" in refused({"instances": [{"a": 1}]}, **dtypes).message
    extra = refused({"instances": [{"a": 1, "b": "x", "c": 1}]}, **dtypes).message
    assert "does not have named input: c" in extra


def test_all_elements_have_one_size_and_shape():
    size = refused({"instances": [[1, 2], [3]]}, x=tf.float32).message
    assert "Expecting tensor size: 2 but got: 1" in size
    shape = refused({"instances": [[[1], [2]], [[3, 4]]]}, x=tf.float32).message
    assert "Expecting shape [2,1] but got: [1,2]" in shape
    mixed = refused({"instances": [1, {"x": 2}]}, x=tf.float32).message
    assert "Expecting value/list but got object at item 1" in mixed
    mixed = refused({"instances": [{"x": 2}, 1]}, x=tf.float32).message
    assert "Expecting object but got list at item 1" in mixed


def test_inputs_may_be_a_bare_value_where_there_is_one_input():
    assert read({"inputs": 3}, x=tf.int32)["x"].shape == ()
    assert read({"inputs": [3]}, x=tf.int32)["x"].shape == (1,)
    assert read({"inputs": {"b64": "YQ=="}}, x=tf.string)["x"].tolist() == b"a"
    two = {"a": tf.int32, "b": tf.int32}
    assert "inputs is a plain value/list" in refused({"inputs": 3}, **two).message


def test_inputs_of_an_object_may_differ_in_batch_and_have_extra_keys():
    columns = read({"inputs": {"a": [1, 2], "b": 3, "c": "?"}}, a=tf.int32, b=tf.int32)
    assert columns["a"].tolist() == [1, 2]
    assert columns["b"].shape == ()
    assert set(columns) == {"a", "b"}
    missing = refused({"inputs": {"a": 1}}, a=tf.int32, b=tf.int32).message
    assert "Missing named input: b in 'inputs' object." in missing


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.5, tf.int32),
        (1.0, tf.int32),
        (2**31, tf.int32),
        (2**63, tf.int64),
        (2**64, tf.uint64),
        (-1, tf.uint32),
        (True, tf.int32),
        (True, tf.float32),
        (1, tf.bool),
        (None, tf.float32),
        ("1", tf.float32),
        (1, tf.string),
        ({"b64": "YQ=="}, tf.float32),
    ],
)
def test_values_of_another_type_are_errors(value, dtype):
    error = refused({"inputs": {"x": value}}, x=dtype)
    assert error.code is Code.INVALID_ARGUMENT
    assert "is not of expected type" in error.message


def test_integers_are_accepted_for_floats():
    assert read({"inputs": [1, 2**60]}, x=tf.float32)["x"].tolist() == [1.0, 2.0**60]


def test_what_a_float32_cannot_hold_becomes_infinite():
    values = read({"inputs": [1e39, -1e39, math.inf]}, x=tf.float32)["x"]
    assert values.tolist() == [math.inf, -math.inf, math.inf]
    assert read({"inputs": [1e39]}, x=tf.float64)["x"].tolist() == [1e39]


def test_base64_is_for_strings_alone_and_has_no_other_key():
    assert read({"instances": [{"b64": "AP8="}]}, x=tf.string)["x"].tolist() == [b"\0\xff"]
    named = read({"instances": [{"x": {"b64": "AP8="}}]}, x=tf.string)
    assert named["x"].tolist() == [b"\0\xff"]
    for value in ({"b64": "AA==", "c": 1}, {"b64": 3}):
        error = refused({"inputs": {"x": value}}, x=tf.string)
        assert "not formatted correctly for base64 data" in error.message


def test_a_signature_without_inputs_cannot_be_called():
    assert "Failed to get input map for signature: DEFAULT" in refused({"inputs": {}}).message


def test_types_without_a_json_form_are_unimplemented():
    assert refused({"inputs": {"x": 1.0}}, x=tf.complex64).code is Code.UNIMPLEMENTED


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[1], 2], "found at incorrect level"),
        ([1, [2]], "Encountered list at unexpected level"),
        ([[1, 2], [3]], "Encountered list at unexpected size: 1 at level: 1 expected size: 2"),
    ],
)
def test_ragged_lists_are_errors(value, message):
    assert message in refused({"inputs": {"x": value}}, x=tf.int32).message


def test_lists_deeper_than_a_tensor_can_be_are_errors():
    value = 1
    for _ in range(300):
        value = [value]
    assert "nested deeper" in refused({"inputs": {"x": value}}, x=tf.int32).message


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 3), max_size=4).flatmap(
        lambda shape: st.tuples(
            st.just(shape),
            st.lists(
                st.integers(-(2**31), 2**31 - 1),
                min_size=math.prod(shape),
                max_size=math.prod(shape),
            ),
        )
    )
)
def test_any_dense_list_becomes_the_same_array(shape_and_values):
    shape, values = shape_and_values
    if 0 in shape:
        shape = shape[: shape.index(0) + 1]
    array = np.array(values, np.int32).reshape(shape)
    result = read({"inputs": {"x": array.tolist()}}, x=tf.int32)["x"]
    assert result.shape == array.shape
    assert np.array_equal(result, array)
