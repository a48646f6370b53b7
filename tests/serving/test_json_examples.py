"""Examples out of JSON classify and regress requests."""

import math

import pytest
from tensorflow.core.example.example_pb2 import Example

from serving.json_examples import read_input
from serving.status import Code, ServingError


def example(**lists) -> Example:
    message = Example()
    for name, (kind, values) in lists.items():
        feature = message.features.feature[name]
        feature.SetInParent()
        if kind:
            getattr(feature, kind).value.extend(values)
    return message


def test_the_kind_of_a_feature_follows_its_values():
    document = {
        "examples": [
            {
                "real": [1.0, 2.5],
                "exponent": 1e5,
                "whole": [1, -2],
                "flag": True,
                "text": "é",
                "bytes": [{"b64": "AP8="}],
                "none": [],
                "huge": 2**64,
            }
        ]
    }
    assert read_input(document).example_list.examples[0] == example(
        real=("float_list", [1.0, 2.5]),
        exponent=("float_list", [1e5]),
        whole=("int64_list", [1, -2]),
        flag=("int64_list", [1]),
        text=("bytes_list", ["é".encode()]),
        bytes=("bytes_list", [b"\0\xff"]),
        none=(None, []),
        huge=("float_list", [2.0**64]),
    )


def test_a_float_beyond_float32_becomes_infinite():
    read = read_input({"examples": [{"x": [1e39]}]})
    assert read.example_list.examples[0].features.feature["x"].float_list.value == [math.inf]


def test_the_context_goes_with_the_examples():
    read = read_input({"context": {"c": 1}, "examples": [{"x": 2}, {"x": 3}]})
    assert read.WhichOneof("kind") == "example_list_with_context"
    assert read.example_list_with_context.context == example(c=("int64_list", [1]))
    assert len(read.example_list_with_context.examples) == 2


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "key 'examples' is expected and was not found"),
        ({"examples": {"x": 1}}, "Expecting 'examples' value to be an list/array"),
        ({"examples": []}, "'examples' value is an empty array"),
        ({"examples": [1]}, "Example must be JSON object but got JSON Number"),
        ({"context": 3, "examples": [{}]}, "Example must be JSON object but got JSON Number"),
        ({"examples": [{"x": None}]}, "Feature: x has element with unexpected JSON type: Null"),
        ({"examples": [{"x": [[1]]}]}, "Feature: x has element with unexpected JSON type: Array"),
        ({"examples": [{"x": {"a": 1}}]}, "unexpected JSON type: Object"),
        ({"examples": [{"x": [1, "a"]}]}, "Unexpected element type in feature: x expecting type"),
        ({"examples": [{"x": [1, 2.5]}]}, "expecting type: int64"),
        ({"examples": [{"x": [2.5, True]}]}, "expecting type: float"),
        ({"examples": [{"x": 2**63}]}, "has uint64 element. Only int64 is supported"),
        ({"examples": [{"x": {"b64": "!"}}]}, "Unable to base64 decode"),
    ],
)
def test_bad_examples_are_invalid_arguments(document, message):
    with pytest.raises(ServingError) as raised:
        read_input(document)
    assert raised.value.code is Code.INVALID_ARGUMENT
    assert message in raised.value.message
