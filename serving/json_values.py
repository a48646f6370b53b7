"""JSON as TF Serving reads and writes it: NaN and infinities allowed, floats in its own digits."""

import base64
import binascii
import json
import math
from typing import Any

import numpy as np

from serving.status import ServingError, invalid

_QUOTED = 200  # characters of a bad value that an error message repeats

_PARSE_ERRORS = {
    "Expecting value": "Invalid value.",
    "Extra data": "The document root must not be followed by other values.",
    "Expecting property name enclosed in double quotes": "Missing a name for object member.",
    "Expecting ':' delimiter": "Missing a colon after a name of object member.",
    "Expecting ',' delimiter": "Missing a comma after a value.",
    "Unterminated string starting at": "Missing a closing quotation mark in string.",
    "Invalid control character at": "Invalid control character in string.",
    "Invalid \\escape": "Invalid escape character in string.",
    "Invalid \\uXXXX escape": "Incorrect hex digit after \\u escape in string.",
}


def _finite(token: str) -> float:
    number = float(token)
    if math.isinf(number):
        raise OverflowError
    return number


# Made once: json.loads and json.dumps make one for every call that is not the plainest.
_DECODER = json.JSONDecoder(parse_float=_finite)
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a request's body; all its strings can be written as UTF-8.

    Raises INVALID_ARGUMENT for an empty body, bytes that are not UTF-8, half surrogate pairs,
    malformed or too deeply nested JSON, numbers beyond a double, and a document that is no object.
    """
    try:
        document = _DECODER.decode(body.decode("utf-8"))
        if b"\\ud" in body.lower():
            encode_text(json.dumps(document, ensure_ascii=False))
    except UnicodeDecodeError as error:
        raise invalid(
            f"JSON Parse error: Invalid encoding in string. at offset: {error.start}"
        ) from error
    except json.JSONDecodeError as error:
        raise _parse_error(body, error) from error
    except (OverflowError, ValueError) as error:
        raise invalid("JSON Parse error: Number too big to be stored in double.") from error
    except RecursionError as error:
        raise invalid("JSON Parse error: The document is nested too deeply.") from error
    if not isinstance(document, dict):
        raise invalid(f"JSON Value: {quote(document)} Is not object")
    return document


def _parse_error(body: bytes, error: json.JSONDecodeError) -> ServingError:
    if not body.strip():
        return invalid("JSON Parse error: The document is empty")
    reason = _PARSE_ERRORS.get(error.msg, error.msg)
    return invalid(f"JSON Parse error: {reason} at offset: {error.pos}")


def quote(value: Any) -> str:
    """A JSON value for an error message, cut where it is long."""
    try:
        text = json.dumps(value)
    except RecursionError:
        text = "[...]"
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."


def kind(value: Any) -> str:
    """The name of a JSON value's type, as TF Serving's messages have it."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "True" if value else "False"
    names = {dict: "Object", list: "Array", str: "String", int: "Number", float: "Number"}
    return names[type(value)]


def is_base64(value: Any) -> bool:
    """True for `{"b64": "<string>"}`: that key alone, with a string value."""
    return isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str)


def decode_base64(text: str) -> bytes:
    """Bytes of standard base64, with or without its padding; white space is ignored."""
    compact = "".join(text.split())
    unpadded = compact.rstrip("=")
    padding = -len(unpadded) % 4
    if len(compact) - len(unpadded) not in (0, padding) or padding == 3:
        raise invalid("Unable to base64 decode")
    try:
        return base64.b64decode(unpadded + "=" * padding, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("Unable to base64 decode") from error


def encode_text(text: str) -> bytes:
    """UTF-8 of a JSON string; half a surrogate pair is an error."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise invalid("JSON Parse error: The surrogate pair in string is invalid.") from error


def to_float32(number: float) -> float:
    """The number rounded to a float32; beyond its range an infinity."""
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def write_text(data: bytes) -> str:
    """Bytes as a JSON string; what is not UTF-8 becomes U+FFFD."""
    return _ENCODER.encode(data.decode("utf-8", errors="replace"))


def write_base64(data: bytes) -> str:
    """Bytes as `{"b64": "..."}`."""
    return f'{{"b64": "{base64.b64encode(data).decode("ascii")}"}}'


def write_decimals(values: np.ndarray) -> list[str]:
    """One JSON token for each float: 6 digits where they read back equal, else 9 or 17.

    Whole numbers get `.0`, so that a reader sees a float; not-finite ones are `NaN`, `Infinity`
    and `-Infinity`.

    Args:
        values: float32 or float64, [n].
    """
    numbers = values.tolist()
    short = [f"{number:.6g}" for number in numbers]
    read_back = np.array([float(token) for token in short]).astype(values.dtype)
    digits = 9 if values.dtype == np.float32 else 17
    exact = (read_back == values).tolist()
    return [
        _decimal(token if same else f"{number:.{digits}g}")
        for token, same, number in zip(short, exact, numbers, strict=True)
    ]


def _decimal(token: str) -> str:
    if token in _NOT_FINITE:
        return _NOT_FINITE[token]
    return token if "." in token or "e" in token else f"{token}.0"


_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
