"""Bounds on a request, so that no single one can exhaust the server."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from serving.status import invalid


class Limits(NamedTuple):
    """Every bound has a flag; see `serving/flags.py` for their defaults."""

    request_bytes: int
    header_bytes: int
    texts: int
    text_bytes: int
    elements: int
    pending: int
    read_seconds: float


def check_texts(inputs: Mapping[str, np.ndarray], limits: Limits) -> None:
    """Raises INVALID_ARGUMENT for too many texts, or one that is too long.

    Numbers are bounded by the request's size alone.
    """
    for name, array in inputs.items():
        if array.dtype != object:
            continue
        if array.size > limits.texts:
            raise invalid(f"Input {name} has {array.size} texts; the limit is {limits.texts}")
        longest = max((len(text) for text in array.ravel().tolist()), default=0)
        if longest > limits.text_bytes:
            raise invalid(
                f"Input {name} has a text of {longest} bytes; the limit is {limits.text_bytes}"
            )
