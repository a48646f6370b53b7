"""Bounds on a request, so that no single one can exhaust the server."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from serving.status import invalid


class Limits(NamedTuple):
    """Every bound has a flag; see `serving/flags.py` for their defaults."""

    request_bytes: int
    header_bytes: int
    batch: int
    text_bytes: int
    elements: int
    pending: int
    read_seconds: float


def check_inputs(inputs: Mapping[str, np.ndarray], limits: Limits) -> None:
    """Raises INVALID_ARGUMENT for a batch or a text beyond its bound.

    Args:
        inputs: the request's tensors; the first axis, where there is one, is the batch.
    """
    for name, array in inputs.items():
        if array.ndim and array.shape[0] > limits.batch:
            raise invalid(
                f"Input {name} has a batch of {array.shape[0]}; the limit is {limits.batch}"
            )
        if array.dtype == object:
            longest = max((len(text) for text in array.ravel().tolist()), default=0)
            if longest > limits.text_bytes:
                raise invalid(
                    f"Input {name} has a text of {longest} bytes; the limit is {limits.text_bytes}"
                )
