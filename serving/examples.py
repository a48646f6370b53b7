"""Classify, Regress and MultiInference: examples in, classes or values out, on a loaded model."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from google.protobuf.message import Message
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.classification_pb2 import ClassificationResult
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.regression_pb2 import RegressionResult

from serving.saved_model import DEFAULT_SIGNATURE, SavedModel
from serving.status import Code, ServingError, invalid

CLASSIFY_METHOD = "tensorflow/serving/classify"
REGRESS_METHOD = "tensorflow/serving/regress"
_INPUTS, _CLASSES, _SCORES, _OUTPUTS = "inputs", "classes", "scores", "outputs"


class ExampleCall(NamedTuple):
    """The tensors of a signature that takes serialised examples."""

    input: str
    outputs: Mapping[str, str]  # alias -> tensor name


def serialise(request: Input) -> np.ndarray:
    """The serialised examples, [B], each after the serialised context where there is one.

    Two serialised messages one after the other parse as their merge, the later one winning.
    """
    kind = request.WhichOneof("kind")
    context = b""
    examples: Sequence[Message] = request.example_list.examples
    if kind == "example_list_with_context":
        context = request.example_list_with_context.context.SerializeToString()
        examples = request.example_list_with_context.examples
    if not examples:
        raise invalid("Input is empty")
    array = np.empty(len(examples), dtype=object)
    array[:] = [context + example.SerializeToString() for example in examples]
    return array


def find_signature(model: SavedModel, signature_name: str) -> SignatureDef:
    """The named (or the default) signature, for one of the methods of this module."""
    name = signature_name or DEFAULT_SIGNATURE
    if name not in model.signatures:
        raise invalid(f"No signature was found with the name: {name}")
    return model.signatures[name]


def check_method_name(signature: SignatureDef, method: str) -> None:
    """Raises INVALID_ARGUMENT where the signature was exported for another method."""
    if signature.method_name != method:
        kind = "classification" if method == CLASSIFY_METHOD else "regression"
        raise invalid(
            f"Expected {kind} signature method_name to be {method}. Was: {signature.method_name}"
        )


def classify_call(signature: SignatureDef) -> ExampleCall:
    """The tensors of a classification: `inputs`, and at least one of `classes` and `scores`."""
    if len(signature.inputs) != 1:
        raise invalid("Expected one input Tensor.")
    if len(signature.outputs) not in (1, 2):
        raise invalid(f"Expected one or two output Tensors, found {len(signature.outputs)}")
    if _INPUTS not in signature.inputs:
        raise invalid(f"No classification inputs found in SignatureDef: {signature}")
    outputs = {
        alias: signature.outputs[alias].name
        for alias in (_CLASSES, _SCORES)
        if alias in signature.outputs
    }
    if not outputs:
        raise invalid(
            "Expected classification signature outputs to contain at least one of"
            f' "{_CLASSES}" or "{_SCORES}". Signature was: {signature}'
        )
    return ExampleCall(signature.inputs[_INPUTS].name, outputs)


def regress_call(signature: SignatureDef) -> ExampleCall:
    """The tensors of a regression: `inputs` and `outputs`."""
    if len(signature.inputs) != 1:
        raise invalid("Expected one input Tensor.")
    if len(signature.outputs) != 1:
        raise invalid("Expected one output Tensor.")
    if _INPUTS not in signature.inputs:
        raise ServingError(
            Code.FAILED_PRECONDITION, f"No regression inputs found in SignatureDef: {signature}"
        )
    if _OUTPUTS not in signature.outputs:
        raise ServingError(
            Code.FAILED_PRECONDITION, f"No regression outputs found in SignatureDef: {signature}"
        )
    return ExampleCall(signature.inputs[_INPUTS].name, {_OUTPUTS: signature.outputs[_OUTPUTS].name})


def classifications(outputs: Mapping[str, np.ndarray], examples: int) -> ClassificationResult:
    """Labels and scores of every example; a missing one of the two is "" or 0.

    Args:
        outputs: `classes` (bytes) and `scores` (float32), [B,n] each; one may be missing.
        examples: B.
    """
    for alias, dtype in ((_CLASSES, object), (_SCORES, np.float32)):
        if alias in outputs:
            _check_matrix(alias, outputs[alias], dtype, examples)
    widths = {array.shape[1] for array in outputs.values()}
    if len(widths) != 1:
        raise invalid(
            "Tensors class and score should match in dim_size(1). Got "
            f"{outputs[_CLASSES].shape[1]} vs. {outputs[_SCORES].shape[1]}"
        )
    shape = (examples, widths.pop())
    labels = outputs[_CLASSES] if _CLASSES in outputs else np.full(shape, b"", dtype=object)
    scores = outputs[_SCORES] if _SCORES in outputs else np.zeros(shape, dtype=np.float32)
    result = ClassificationResult()
    for row_labels, row_scores in zip(labels.tolist(), scores.tolist(), strict=True):
        classes = result.classifications.add().classes
        for label, score in zip(row_labels, row_scores, strict=True):
            classes.add(label=label.decode("utf-8", errors="replace"), score=score)
    return result


def _check_matrix(alias: str, array: np.ndarray, dtype: type, examples: int) -> None:
    if array.ndim != 2:
        raise invalid(
            f"Expected Tensor shape: [batch_size num_classes] but got {list(array.shape)}"
        )
    if array.dtype != dtype:
        expected = "DT_STRING" if dtype is object else "DT_FLOAT"
        raise invalid(f"Expected {alias} Tensor of {expected}. Got: {array.dtype}")
    if array.shape[0] != examples:
        raise invalid(f"Expected {alias} output batch size of {examples}. Got: {array.shape[0]}")


def regressions(outputs: Mapping[str, np.ndarray], examples: int) -> RegressionResult:
    """One value per example.

    Args:
        outputs: `outputs` (float32), [B] or [B,1].
        examples: B.
    """
    array = outputs[_OUTPUTS]
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != 1):
        raise invalid(
            "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got"
            f" {list(array.shape)}"
        )
    if array.shape[0] != examples:
        raise invalid(
            f"Input batch size did not match output batch size: {examples} vs. {array.shape[0]}"
        )
    if array.dtype != np.float32:
        raise invalid(f"Expected output Tensor of DT_FLOAT.  Got: {array.dtype}")
    result = RegressionResult()
    for value in array.ravel().tolist():
        result.regressions.add(value=value)
    return result
