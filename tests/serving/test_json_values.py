"""JSON as TF Serving reads and writes it."""

import base64
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving import json_values
from serving.status import Code, ServingError

QUICK = settings(max_examples=200, deadline=None)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.2, "0.2"),
        (9000000.0, "9e+06"),
        (0.00003, "3e-05"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (123456.0, "123456.0"),
        (1234567.0, "1234567.0"),
        (16777216.0, "16777216.0"),
        (1 / 3, "0.333333343"),
        (3.4028235e38, "3.40282347e+38"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_floats_have_6_digits_where_they_read_back_equal_else_9(value, written):
    assert json_values.write_decimals(np.array([value], np.float32)) == [written]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.2, "0.2"),
        (1 / 3, "0.33333333333333331"),
        (1e300, "1e+300"),
        (123456789.0, "123456789.0"),
    ],
)
def test_doubles_have_6_digits_where_they_read_back_equal_else_17(value, written):
    assert json_values.write_decimals(np.array([value], np.float64)) == [written]


@QUICK
@given(st.lists(st.floats(width=32, allow_nan=False)))
def test_every_written_float_reads_back_equal(values):
    array = np.array(values, np.float32)
    tokens = json_values.write_decimals(array)
    assert np.array_equal(np.array([json.loads(token) for token in tokens], np.float32), array)
    assert all("." in token or "e" in token or "Inf" in token for token in tokens)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "JSON Parse error: The document is empty"),
        (b" \n", "JSON Parse error: The document is empty"),
        (b"instances = [1, 2]", "JSON Parse error: Invalid value. at offset: 0"),
        (b'{"instances": [1, 2', "JSON Parse error: Missing a comma"),
        (b"{} {}", "must not be followed by other values"),
        (b"{'a': 1}", "Missing a name for object member"),
        (b'{"a" 1}', "Missing a colon"),
        (b'{"a": "\\ud800"', "Missing a comma"),
        (b'{"a": ["\\uD800"]}', "The surrogate pair in string is invalid"),
        (b'{"\\udfff": 1}', "The surrogate pair in string is invalid"),
        (b"[1]", "JSON Value: [1] Is not object"),
        (b"null", "JSON Value: null Is not object"),
        (b'{"a": "\xff"}', "Invalid encoding in string. at offset: 7"),
        (b'{"a": 1e999}', "Number too big to be stored in double"),
        (b'{"a": ' + b"9" * 5000 + b"}", "Number too big to be stored in double"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 50_000, "nested too deeply"),
    ],
)
def test_a_bad_document_is_an_invalid_argument(body, message):
    with pytest.raises(ServingError) as raised:
        json_values.parse_object(body)
    assert raised.value.code is Code.INVALID_ARGUMENT
    assert message in raised.value.message


def test_nan_and_infinities_are_accepted():
    document = json_values.parse_object(b'{"a": [NaN, Infinity, -Infinity]}')
    assert math.isnan(document["a"][0])
    assert document["a"][1:] == [math.inf, -math.inf]


@QUICK
@given(st.binary())
def test_base64_is_read_with_and_without_padding(data):
    text = base64.b64encode(data).decode()
    assert json_values.decode_base64(text) == data
    assert json_values.decode_base64(text.rstrip("=")) == data


@pytest.mark.parametrize("text", ["a", "ab=", "====", "a=bc", "!!!!", "é", "YQ=="[:3] + "=="])
def test_wrong_base64_is_an_error(text):
    with pytest.raises(ServingError, match="Unable to base64 decode"):
        json_values.decode_base64(text)


def test_bytes_that_are_no_text_are_written_with_the_replacement_character():
    assert json.loads(json_values.write_text(b"a\xff\x00\xf0\x9f\x98\x80")) == "a�\0😀"


def test_half_a_surrogate_pair_is_an_error():
    with pytest.raises(ServingError, match="surrogate"):
        json_values.encode_text("\ud800")


def test_long_values_are_cut_in_messages():
    assert len(json_values.quote(["x" * 10_000])) < 300
