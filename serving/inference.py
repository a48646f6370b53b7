"""What the prediction service does to a loaded model; the transports only read and write."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.classification_pb2 import ClassificationResult
from tensorflow_serving.apis.inference_pb2 import InferenceResult, MultiInferenceRequest
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.regression_pb2 import RegressionResult

from serving import examples
from serving.limits import Limits, check_texts
from serving.saved_model import DEFAULT_SIGNATURE
from serving.status import Code, ServingError, invalid


class Model(Protocol):
    """A loaded model, batched or not."""

    signatures: Mapping[str, SignatureDef]

    def run(
        self, feeds: Mapping[str, np.ndarray], fetches: Sequence[str], timeout_ms: int = 0
    ) -> list[np.ndarray]: ...


class Rules(NamedTuple):
    """What holds for every call: bounds, and whether a signature's method name must fit."""

    limits: Limits
    check_method_names: bool = False
    timeout_ms: int = 0


InputReader = Callable[[Mapping[str, tf.DType]], Mapping[str, np.ndarray]]

_PREDICT_METHODS = (
    "tensorflow/serving/predict",
    examples.CLASSIFY_METHOD,
    examples.REGRESS_METHOD,
)


def predict(
    model: Model,
    signature_name: str,
    read_inputs: InputReader,
    output_filter: Sequence[str],
    rules: Rules,
) -> dict[str, np.ndarray]:
    """The outputs of one signature, by name.

    Args:
        model: the loaded model.
        signature_name: empty for `serving_default`.
        read_inputs: takes the request's tensors out of it, given the signature's inputs.
        output_filter: the outputs asked for; all where empty.
        rules: bounds and checks.
    """
    name = signature_name or DEFAULT_SIGNATURE
    if name not in model.signatures:
        raise ServingError(
            Code.FAILED_PRECONDITION, f'Serving signature name: "{name}" not found in signature def'
        )
    signature = model.signatures[name]
    if rules.check_method_names and signature.method_name not in _PREDICT_METHODS:
        raise ServingError(
            Code.INTERNAL,
            "Expected prediction signature method_name to be one of"
            f" {{{', '.join(_PREDICT_METHODS)}}}. Was: {signature.method_name}",
        )
    dtypes = {alias: tf.as_dtype(info.dtype) for alias, info in signature.inputs.items()}
    inputs = read_inputs(dtypes)
    _check_names(inputs, dtypes)
    _check_dtypes(inputs, dtypes)
    check_texts(inputs, rules.limits)
    outputs = _choose_outputs(signature, output_filter)
    feeds = {signature.inputs[alias].name: array for alias, array in inputs.items()}
    values = model.run(
        feeds, [signature.outputs[alias].name for alias in outputs], rules.timeout_ms
    )
    return dict(zip(outputs, values, strict=True))


def _check_names(inputs: Mapping[str, np.ndarray], dtypes: Mapping[str, tf.DType]) -> None:
    if inputs.keys() == dtypes.keys():
        return
    extra, missing = sorted(inputs.keys() - dtypes.keys()), sorted(dtypes.keys() - inputs.keys())
    raise invalid(
        f"input size does not match signature: {len(inputs)}!={len(dtypes)}"
        f" len({{{','.join(sorted(inputs))}}}) != len({{{','.join(sorted(dtypes))}}})."
        f" Sent extra: {{{','.join(extra)}}}. Missing but required: {{{','.join(missing)}}}."
    )


def _check_dtypes(inputs: Mapping[str, np.ndarray], dtypes: Mapping[str, tf.DType]) -> None:
    for name, array in inputs.items():
        given = tf.string if array.dtype == object else tf.as_dtype(array.dtype)
        if given != dtypes[name]:
            raise invalid(
                f"Type mismatch: input {name} is {given.name}, expected {dtypes[name].name}"
            )


def _choose_outputs(signature: SignatureDef, output_filter: Sequence[str]) -> list[str]:
    for position, alias in enumerate(output_filter):
        if alias not in signature.outputs:
            raise invalid(
                f"output tensor alias not found in signature: {alias} Outputs expected to be in"
                f" the set {{{','.join(sorted(signature.outputs))}}}."
            )
        if alias in output_filter[:position]:
            raise invalid(f"duplicate output tensor alias: {alias}")
    return list(output_filter) or sorted(signature.outputs)


def classify(
    model: Model, signature_name: str, request: Input, rules: Rules
) -> ClassificationResult:
    """Labels and scores of every example."""
    signature = examples.find_signature(model, signature_name)
    if rules.check_method_names:
        examples.check_method_name(signature, examples.CLASSIFY_METHOD)
    batch = examples.serialise(request)
    outputs = _run_examples(model, [examples.classify_call(signature)], batch, rules)[0]
    return examples.classifications(outputs, len(batch))


def regress(model: Model, signature_name: str, request: Input, rules: Rules) -> RegressionResult:
    """One value for every example."""
    signature = examples.find_signature(model, signature_name)
    if rules.check_method_names:
        examples.check_method_name(signature, examples.REGRESS_METHOD)
    batch = examples.serialise(request)
    outputs = _run_examples(model, [examples.regress_call(signature)], batch, rules)[0]
    return examples.regressions(outputs, len(batch))


def _run_examples(
    model: Model, calls: Sequence[examples.ExampleCall], batch: np.ndarray, rules: Rules
) -> list[dict[str, np.ndarray]]:
    """Runs several signatures over the same examples, in one step."""
    check_texts({"examples": batch}, rules.limits)
    fetches = sorted({name for call in calls for name in call.outputs.values()})
    values = model.run({call.input: batch for call in calls}, fetches, rules.timeout_ms)
    by_name = dict(zip(fetches, values, strict=True))
    return [{alias: by_name[name] for alias, name in call.outputs.items()} for call in calls]


def multi_inference(
    model: Model, request: MultiInferenceRequest, rules: Rules
) -> list[InferenceResult]:
    """Several classifications and regressions of the same examples, in one step."""
    check_tasks(request)
    signatures = [
        examples.find_signature(model, task.model_spec.signature_name) for task in request.tasks
    ]
    calls = []
    for task, signature in zip(request.tasks, signatures, strict=True):
        if rules.check_method_names:
            examples.check_method_name(signature, task.method_name)
        read_call = (
            examples.classify_call
            if task.method_name == examples.CLASSIFY_METHOD
            else examples.regress_call
        )
        calls.append(read_call(signature))
    batch = examples.serialise(request.input)
    results = []
    outputs = _run_examples(model, calls, batch, rules)
    for task, task_outputs in zip(request.tasks, outputs, strict=True):
        result = InferenceResult()
        if task.method_name == examples.CLASSIFY_METHOD:
            result.classification_result.CopyFrom(
                examples.classifications(task_outputs, len(batch))
            )
        else:
            result.regression_result.CopyFrom(examples.regressions(task_outputs, len(batch)))
        results.append(result)
    return results


def check_tasks(request: MultiInferenceRequest) -> None:
    """Raises unless all tasks are known methods, of one model, of different signatures."""
    if not request.tasks:
        raise invalid("MultiInferenceRequest has no tasks.")
    if any(not task.model_spec.name for task in request.tasks):
        raise invalid("Found ModelSpec with an empty model name.")
    if len({task.model_spec.name for task in request.tasks}) > 1:
        raise invalid("All ModelSpecs in a MultiInferenceRequest must access the same model name.")
    seen = set()
    for task in request.tasks:
        name = task.model_spec.signature_name or DEFAULT_SIGNATURE
        if name in seen:
            raise invalid(f"Duplicate evaluation of signature: {name}")
        seen.add(name)
        if task.method_name not in (examples.CLASSIFY_METHOD, examples.REGRESS_METHOD):
            raise ServingError(
                Code.UNIMPLEMENTED, f"Unsupported signature method_name: {task.method_name}"
            )
