"""Classify and regress over REST, inwards: `tf.train.Example`s out of a JSON request."""

from collections.abc import Mapping
from typing import Any

from tensorflow.core.example.example_pb2 import Example
from tensorflow.core.example.feature_pb2 import Feature
from tensorflow_serving.apis.input_pb2 import Input

from serving import json_values
from serving.status import ServingError, invalid

_INT64_MAX = 2**63 - 1
_UINT64_MAX = 2**64 - 1


def read_input(document: Mapping[str, Any]) -> Input:
    """The examples of a classify or regress request, with the context where one is given."""
    request = Input()
    examples = request.example_list.examples
    if "context" in document:
        with_context = request.example_list_with_context
        with_context.context.CopyFrom(_read_example(document["context"]))
        examples = with_context.examples
    examples.extend(_read_example(value) for value in _example_values(document))
    return request


def _example_values(document: Mapping[str, Any]) -> list[Any]:
    shown = f"JSON Value: {json_values.quote(document)}"
    if "examples" not in document:
        raise invalid(
            f"{shown} When method is classify, key 'examples' is expected and was not found"
        )
    values = document["examples"]
    if not isinstance(values, list):
        raise invalid(f"{shown} Expecting 'examples' value to be an list/array")
    if not values:
        raise invalid(f"{shown} 'examples' value is an empty array")
    return values


def _read_example(value: Any) -> Example:
    if not isinstance(value, dict):
        raise invalid(f"Example must be JSON object but got JSON {json_values.kind(value)}")
    example = Example()
    for name, content in value.items():
        feature = example.features.feature[name]
        feature.SetInParent()
        for element in content if isinstance(content, list) else [content]:
            _add(name, element, feature)
    return example


def _add(name: str, value: Any, feature: Feature) -> None:
    """Appends one value; a feature holds one kind of value only."""
    if isinstance(value, str):
        _values(name, feature, "bytes_list").append(json_values.encode_text(value))
    elif json_values.is_base64(value):
        _values(name, feature, "bytes_list").append(json_values.decode_base64(value["b64"]))
    elif isinstance(value, bool):
        _values(name, feature, "int64_list").append(int(value))
    elif isinstance(value, float) or (isinstance(value, int) and _is_double(value)):
        _values(name, feature, "float_list").append(_float32(value))
    elif isinstance(value, int):
        if value > _INT64_MAX:
            raise invalid(f"Feature: {name} has uint64 element. Only int64 is supported.")
        _values(name, feature, "int64_list").append(value)
    else:
        raise invalid(
            f"Feature: {name} has element with unexpected JSON type: {json_values.kind(value)}"
        )


def _is_double(value: int) -> bool:
    """Whole numbers beyond 64 bits are doubles to a JSON reader in C++."""
    return not -_INT64_MAX - 1 <= value <= _UINT64_MAX


def _float32(value: float) -> float:
    """The value, or an infinity where a float32 cannot hold it."""
    try:
        return json_values.to_float32(float(value))
    except OverflowError as error:
        raise invalid("JSON Parse error: Number too big to be stored in double.") from error


def _values(name: str, feature: Feature, kind: str) -> Any:
    present = feature.WhichOneof("kind")
    if present not in (None, kind):
        raise _mixed(name, present)
    return getattr(feature, kind).value


def _mixed(name: str, present: str) -> ServingError:
    expected = present.removesuffix("_list")
    return invalid(f"Unexpected element type in feature: {name} expecting type: {expected}")
