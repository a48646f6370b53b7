"""The REST API's paths: which model, version or label, and what is asked of it."""

import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from tensorflow_serving.apis.model_pb2 import ModelSpec

from serving.status import ServingError, invalid

API_PREFIX = "/v1/"
_INT64_MAX = 2**63 - 1
_VERSION = r"(?:/versions/(\d+)|/labels/([^/:]+))?"
_MODEL = r"/v1/models/([^/:]+)" + _VERSION
_POST = re.compile(_MODEL + r":(classify|regress|predict)", re.IGNORECASE | re.ASCII)
_GET = re.compile(_MODEL + r"(?:/(metadata))?", re.IGNORECASE | re.ASCII)
_NAMELESS = re.compile(rf"/v1/models{_VERSION}(?:/metadata)?", re.IGNORECASE | re.ASCII)


class Action(Enum):
    """What a path asks for."""

    PREDICT = "predict"
    CLASSIFY = "classify"
    REGRESS = "regress"
    METADATA = "metadata"
    STATUS = "status"


class Target(NamedTuple):
    """A parsed path."""

    spec: ModelSpec
    action: Action


def is_api(path: str) -> bool:
    """True where the path belongs to the REST API, in whatever case it is written."""
    return path.lower().startswith(API_PREFIX)


def parse(method: str, path: str) -> Target:
    """What a request's method and path ask for.

    Args:
        method: `GET` or `POST`; anything else is malformed.
        path: as sent, still URL-encoded, without the query.

    Raises:
        ServingError: INVALID_ARGUMENT for every path that the API does not have.
    """
    pattern = {"POST": _POST, "GET": _GET}.get(method)
    found = pattern.fullmatch(path) if pattern else None
    if not found and method == "GET" and _NAMELESS.fullmatch(path):
        raise invalid("Missing model name in request.")
    if not found:
        raise malformed(method, path)
    name, version, label, action = found.groups()
    spec = ModelSpec(name=_decode("model name", name))
    if version:
        spec.version.value = _read_version(version)
    if label:
        spec.version_label = _decode("model version label", label)
    return Target(spec, Action(action.lower()) if action else Action.STATUS)


def malformed(method: str, path: str) -> ServingError:
    """The error for a request that the API does not have."""
    return invalid(f"Malformed request: {method} {path}")


def _read_version(digits: str) -> int:
    if int(digits[:20]) > _INT64_MAX or len(digits.lstrip("0")) > 19:
        raise invalid(f"Failed to convert version: {digits} to numeric.")
    return int(digits)


def _decode(what: str, text: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid(f"Failed to decode {what}:{text}") from error
