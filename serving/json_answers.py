"""Answers over REST: JSON out of tensors, classifications and regressions."""

from collections.abc import Iterable, Mapping

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis.classification_pb2 import ClassificationResult
from tensorflow_serving.apis.regression_pb2 import RegressionResult

from serving import json_values
from serving.json_tensors import Layout
from serving.status import invalid


def write_prediction(layout: Layout, outputs: Mapping[str, np.ndarray]) -> str:
    """The answer's JSON, in the request's layout.

    Args:
        outputs: the output tensors; numeric arrays, or object arrays of bytes.

    Raises:
        ServingError: INVALID_ARGUMENT where the tensors have no rows to write, or are of a type
            that JSON has no form for.
    """
    if not outputs:
        raise invalid("Cannot convert empty tensor map to JSON")
    names = sorted(outputs)
    if layout is Layout.ROW:
        return f'{{"predictions": [{", ".join(_write_rows(names, outputs))}]}}'
    tokens = [_fold(_write_leaves(name, outputs[name]), outputs[name].shape)[0] for name in names]
    return f'{{"outputs": {_write_record(names, tokens)}}}'


def _write_rows(names: list[str], outputs: Mapping[str, np.ndarray]) -> list[str]:
    batch_size = None
    for name in names:
        array = outputs[name]
        if array.ndim == 0:
            raise invalid(f"Tensor name: {name} has no shape information ")
        if batch_size not in (None, array.shape[0]):
            raise invalid(
                f"Tensor name: {name} has inconsistent batch size: {array.shape[0]}"
                f" expecting: {batch_size}"
            )
        batch_size = array.shape[0]
    columns = [
        _fold(_write_leaves(name, outputs[name]), outputs[name].shape, keep=1) for name in names
    ]
    return [_write_record(names, row) for row in zip(*columns, strict=True)]


def _write_record(names: list[str], tokens: Iterable[str]) -> str:
    """One output is written without its name, several as an object."""
    if len(names) == 1:
        return next(iter(tokens))
    members = [
        f"{json_values.write_text(name.encode())}: {token}"
        for name, token in zip(names, tokens, strict=True)
    ]
    return f"{{{', '.join(members)}}}"


def _fold(tokens: list[str], shape: tuple[int, ...], keep: int = 0) -> list[str]:
    """Brackets the flat tokens along all axes but the first `keep`."""
    for axis in reversed(range(keep, len(shape))):
        size = shape[axis]
        groups = int(np.prod(shape[:axis], dtype=np.int64))
        tokens = [
            f"[{', '.join(tokens[group * size : (group + 1) * size])}]" for group in range(groups)
        ]
    return tokens


def _write_leaves(name: str, array: np.ndarray) -> list[str]:
    flat = array.ravel()
    if array.dtype == object:
        write = json_values.write_base64 if name.endswith("_bytes") else json_values.write_text
        return [write(value) for value in flat.tolist()]
    if array.dtype == np.float16:
        flat = flat.astype(np.float32)
    if flat.dtype in (np.float32, np.float64):
        return json_values.write_decimals(flat)
    if array.dtype == np.bool_:
        return ["true" if value else "false" for value in flat.tolist()]
    if array.dtype.kind in "iu" and array.dtype != np.uint16:
        return [str(value) for value in flat.tolist()]
    raise invalid(f"Failed to write JSON value for tensor type: {tf.as_dtype(array.dtype).name}")


def write_classifications(result: ClassificationResult) -> str:
    """`{"results": [[[label, score], ...], ...]}`: one list of pairs per example."""
    examples = [
        ", ".join(
            f"[{json_values.write_text(label.encode())}, {score}]"
            for label, score in zip(
                [entry.label for entry in example.classes],
                _write_scores([entry.score for entry in example.classes]),
                strict=True,
            )
        )
        for example in result.classifications
    ]
    return f'{{"results": [{", ".join(f"[{pairs}]" for pairs in examples)}]}}'


def write_regressions(result: RegressionResult) -> str:
    """`{"results": [value, ...]}`: one value per example."""
    values = _write_scores([regression.value for regression in result.regressions])
    return f'{{"results": [{", ".join(values)}]}}'


def _write_scores(scores: list[float]) -> list[str]:
    return json_values.write_decimals(np.array(scores, dtype=np.float32))
