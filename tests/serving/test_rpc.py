"""The gRPC services of a running server, with the official stubs, one behaviour a test."""

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.example.example_pb2 import Example
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest, ModelVersionStatus
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub
from tensorflow_serving.apis.regression_pb2 import RegressionRequest

Status = grpc.StatusCode
CLASSIFY, REGRESS = "tensorflow/serving/classify", "tensorflow/serving/regress"


def request_of(signature: str = "", model: str = "toy", **inputs) -> PredictRequest:
    request = PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        proto = value if isinstance(value, TensorProto) else tf.make_tensor_proto(value)
        request.inputs[name].CopyFrom(proto)
    return request


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def refused(method, request) -> tuple[Status, str]:
    with pytest.raises(grpc.RpcError) as raised:
        method(request, timeout=20)
    return raised.value.code(), raised.value.details()


def test_predict_resolves_the_model_spec(prediction):
    response = prediction.Predict(request_of(text=["ab"]), timeout=20)
    assert response.model_spec.name == "toy"
    assert response.model_spec.version.value == 1
    assert response.model_spec.signature_name == "serving_default"
    assert response.outputs["translation"].string_val == [b"AB"]


def test_predict_answers_in_typed_fields(prediction):
    response = prediction.Predict(request_of("halve", x=floats(1, 2)), timeout=20)
    output = response.outputs["y"]
    assert list(output.float_val) == [1.5, 2.0]
    assert not output.tensor_content
    assert [dim.size for dim in output.tensor_shape.dim] == [2]


def test_predict_carries_every_type(prediction):
    sent = {
        "f64": np.array([1 / 3]),
        "i8": np.array([-128], np.int8),
        "i16": np.array([-(2**15)], np.int16),
        "i32": np.array([-(2**31)], np.int32),
        "i64": np.array([-(2**63)], np.int64),
        "u8": np.array([255], np.uint8),
        "u32": np.array([2**32 - 1], np.uint32),
        "u64": np.array([2**64 - 1], np.uint64),
        "flag": np.array([True]),
        "text": np.array([b"\0\xff"], dtype=object),
    }
    response = prediction.Predict(request_of("echo", **sent), timeout=20)
    for name, array in sent.items():
        received = tf.make_ndarray(response.outputs[f"{name}_out"])
        assert received.dtype == array.dtype
        assert received.tolist() == array.tolist()


@pytest.mark.parametrize("dtype", [tf.float16, tf.complex64])
def test_predict_carries_types_that_json_cannot(prediction, dtype):
    signature = "halves" if dtype == tf.float16 else "complexes"
    sent = np.array([1.5], dtype.as_numpy_dtype)
    response = prediction.Predict(request_of(signature, x=sent), timeout=20)
    expected = sent * 2 if dtype == tf.float16 else sent
    assert tf.make_ndarray(response.outputs["y"]).tolist() == expected.tolist()


def test_predict_of_scalars_and_of_no_inputs_is_allowed(prediction):
    request = request_of("scalars", a=np.float32(2), b=np.float32(3))
    response = prediction.Predict(request, timeout=20)
    assert response.outputs["product"].float_val == [6.0]
    assert not response.outputs["product"].tensor_shape.dim
    response = prediction.Predict(request_of("constant"), timeout=20)
    assert response.outputs["version"].float_val == [1.0]


def test_predict_answers_only_what_the_output_filter_names(prediction):
    request = request_of("arithmetic", a=floats(1), b=floats(2))
    request.output_filter.append("difference")
    assert set(prediction.Predict(request, timeout=20).outputs) == {"difference"}


@pytest.mark.parametrize("outputs", [["nothing"], ["sum", "sum"]])
def test_predict_of_an_unknown_or_doubled_output_is_invalid(prediction, outputs):
    request = request_of("arithmetic", a=floats(1), b=floats(2))
    request.output_filter.extend(outputs)
    code, message = refused(prediction.Predict, request)
    assert code is Status.INVALID_ARGUMENT
    assert "output tensor alias" in message


def test_predict_without_spec_or_name_is_invalid(prediction):
    assert refused(prediction.Predict, PredictRequest())[0] is Status.INVALID_ARGUMENT
    assert refused(prediction.Predict, request_of(model=""))[0] is Status.INVALID_ARGUMENT


@pytest.mark.parametrize(
    "inputs",
    [{}, {"wrong": floats(1), "b": floats(1)}, {"a": floats(1)}],
    ids=["none", "wrong", "missing"],
)
def test_predict_of_wrong_or_missing_inputs_is_invalid(prediction, inputs):
    code, message = refused(prediction.Predict, request_of("arithmetic", **inputs))
    assert code is Status.INVALID_ARGUMENT
    assert "Missing but required" in message


def test_predict_of_an_extra_input_is_invalid(prediction):
    inputs = {"a": floats(1), "b": floats(1), "c": floats(1)}
    code, message = refused(prediction.Predict, request_of("arithmetic", **inputs))
    assert code is Status.INVALID_ARGUMENT
    assert "Sent extra: {c}" in message


def test_predict_of_another_dtype_is_invalid(prediction):
    code, message = refused(prediction.Predict, request_of("halve", x=np.array([1], np.int32)))
    assert code is Status.INVALID_ARGUMENT
    assert "int32" in message


def malformed_tensors() -> list[TensorProto]:
    short = tf.make_tensor_proto(floats(1, 2))
    short.tensor_content = b"abc"
    many = TensorProto(dtype=tf.float32.as_datatype_enum, float_val=[1, 2, 3])
    many.tensor_shape.dim.add(size=2)
    unknown = TensorProto(dtype=tf.float32.as_datatype_enum)
    unknown.tensor_shape.unknown_rank = True
    negative = TensorProto(dtype=tf.float32.as_datatype_enum)
    negative.tensor_shape.dim.add(size=-1)
    huge = TensorProto(dtype=tf.float32.as_datatype_enum, float_val=[1])
    huge.tensor_shape.dim.add(size=2**40)
    overflowing = TensorProto(dtype=tf.float32.as_datatype_enum, float_val=[1])
    for _ in range(4):
        overflowing.tensor_shape.dim.add(size=2**62)
    deep = TensorProto(dtype=tf.float32.as_datatype_enum, float_val=[1])
    for _ in range(300):
        deep.tensor_shape.dim.add(size=1)
    resource = TensorProto(dtype=tf.resource.as_datatype_enum)
    return [
        short,
        many,
        unknown,
        negative,
        huge,
        overflowing,
        deep,
        resource,
        TensorProto(dtype=999),
    ]


@pytest.mark.parametrize("proto", malformed_tensors())
def test_predict_of_a_malformed_tensor_is_invalid(prediction, proto):
    assert refused(prediction.Predict, request_of("halve", x=proto))[0] is Status.INVALID_ARGUMENT


def test_predict_of_an_unknown_model_or_version_is_not_found(prediction):
    assert refused(prediction.Predict, request_of(model="m", text=["a"])) == (
        Status.NOT_FOUND,
        "Servable not found for request: Latest(m)",
    )
    request = request_of(text=["a"])
    request.model_spec.version.value = 9
    assert refused(prediction.Predict, request) == (
        Status.NOT_FOUND,
        "Servable not found for request: Specific(toy, 9)",
    )


def test_predict_of_a_label_finds_its_version(prediction):
    request = request_of(model="small", x=floats(2))
    request.model_spec.version_label = "stable"
    response = prediction.Predict(request, timeout=20)
    assert response.model_spec.version.value == 2
    request.model_spec.version_label = "unknown"
    assert refused(prediction.Predict, request)[0] is Status.INVALID_ARGUMENT


def test_predict_of_an_unknown_signature_is_a_failed_precondition(prediction):
    assert refused(prediction.Predict, request_of("no"))[0] is Status.FAILED_PRECONDITION


def test_messages_beyond_4_mib_pass(server):
    address = server.rpc_address.removeprefix("grpc://")
    big = np.zeros(3_000_000, np.float32)
    with grpc.insecure_channel(address, [("grpc.max_receive_message_length", -1)]) as channel:
        stub = PredictionServiceStub(channel)
        response = stub.Predict(request_of("identity", x=big), timeout=60)
    assert len(response.outputs["y"].float_val) == len(big)


def test_a_unix_socket_serves_too(server):
    with grpc.insecure_channel(f"unix:{server.socket_path}") as channel:
        response = PredictionServiceStub(channel).Predict(request_of(text=["a"]), timeout=20)
    assert response.outputs["translation"].string_val == [b"A"]


def example(*values: float) -> Example:
    message = Example()
    message.features.feature["x"].float_list.value.extend(values)
    return message


def with_examples(kind: type, signature: str, *examples: Example, context: Example | None = None):
    request = kind()
    request.model_spec.name = "toy"
    request.model_spec.signature_name = signature
    if context is None:
        request.input.example_list.examples.extend(examples)
    else:
        request.input.example_list_with_context.context.CopyFrom(context)
        request.input.example_list_with_context.examples.extend(examples)
    return request


def test_classify_answers_labels_and_scores(prediction):
    request = with_examples(ClassificationRequest, "classify", example(1, 2), example(3))
    response = prediction.Classify(request, timeout=20)
    assert [
        [(entry.label, entry.score) for entry in row.classes]
        for row in response.result.classifications
    ] == [[("cat", 3.0), ("dog", -3.0)], [("cat", 3.0), ("dog", -3.0)]]


def test_classify_and_regress_echo_the_signature_as_sent(prediction):
    request = with_examples(ClassificationRequest, "classify", example(1))
    spec = prediction.Classify(request, timeout=20).model_spec
    assert (spec.name, spec.version.value, spec.signature_name) == ("toy", 1, "classify")
    request = with_examples(RegressionRequest, "regress", example(1))
    assert prediction.Regress(request, timeout=20).model_spec.signature_name == "regress"


def test_regress_answers_a_value_per_example(prediction):
    request = with_examples(RegressionRequest, "regress", example(1, 2), example())
    response = prediction.Regress(request, timeout=20)
    assert [entry.value for entry in response.result.regressions] == [4.0, 1.0]


def test_the_context_is_put_before_each_example(prediction):
    request = with_examples(
        RegressionRequest, "regress_column", Example(), example(5), context=example(2)
    )
    response = prediction.Regress(request, timeout=20)
    assert [entry.value for entry in response.result.regressions] == [2.0, 5.0]


@pytest.mark.parametrize("context", [None, example(1)])
def test_no_examples_is_input_is_empty(prediction, context):
    for method, kind, signature in (
        (prediction.Classify, ClassificationRequest, "classify"),
        (prediction.Regress, RegressionRequest, "regress"),
    ):
        code, message = refused(method, with_examples(kind, signature, context=context))
        assert code is Status.INVALID_ARGUMENT
        assert "Input is empty" in message


def test_an_unknown_signature_is_invalid_in_classify_regress_and_multi_inference(prediction):
    request = with_examples(ClassificationRequest, "no", example(1))
    assert refused(prediction.Classify, request)[0] is Status.INVALID_ARGUMENT
    request = with_examples(RegressionRequest, "no", example(1))
    assert refused(prediction.Regress, request)[0] is Status.INVALID_ARGUMENT
    request = multi(("toy", "no", CLASSIFY))
    assert refused(prediction.MultiInference, request)[0] is Status.INVALID_ARGUMENT


def multi(*tasks: tuple[str, str, str]) -> MultiInferenceRequest:
    request = MultiInferenceRequest()
    for model, signature, method in tasks:
        task = request.tasks.add(method_name=method)
        task.model_spec.name = model
        task.model_spec.signature_name = signature
    request.input.example_list.examples.append(example(1, 2))
    return request


def test_multi_inference_feeds_every_signatures_own_input(prediction):
    request = multi(("toy", "classify", CLASSIFY), ("toy", "regress", REGRESS))
    results = prediction.MultiInference(request, timeout=20).results
    classes = results[0].classification_result.classifications[0].classes
    assert [(entry.label, entry.score) for entry in classes] == [("cat", 3.0), ("dog", -3.0)]
    assert results[1].regression_result.regressions[0].value == 4.0


def test_multi_inference_answers_each_task_in_order(prediction):
    request = multi(("tf1", "regress_x", REGRESS), ("tf1", "classify_x", CLASSIFY))
    del request.input.example_list.examples[0].features.feature["x"].float_list.value[1:]
    results = prediction.MultiInference(request, timeout=20).results
    assert results[0].regression_result.regressions[0].value == 2.5
    assert results[1].classification_result.classifications[0].classes[0].score == 2.5
    assert [result.model_spec.signature_name for result in results] == ["regress_x", "classify_x"]
    assert results[0].model_spec.version.value == 123


@pytest.mark.parametrize(
    ("tasks", "code", "message"),
    [
        (
            [("tf1", "regress_x", REGRESS), ("toy", "classify", CLASSIFY)],
            Status.INVALID_ARGUMENT,
            "must access the same model name",
        ),
        (
            [("toy", "classify", CLASSIFY), ("toy", "classify", CLASSIFY)],
            Status.INVALID_ARGUMENT,
            "Duplicate evaluation of signature: classify",
        ),
        ([("", "classify", CLASSIFY)], Status.INVALID_ARGUMENT, "empty model name"),
        (
            [("toy", "halve", "tensorflow/serving/predict")],
            Status.UNIMPLEMENTED,
            "Unsupported signature method_name",
        ),
        ([], Status.INVALID_ARGUMENT, ""),
        ([("m", "classify", CLASSIFY)], Status.NOT_FOUND, "Latest(m)"),
    ],
)
def test_multi_inference_refuses(prediction, tasks, code, message):
    found, details = refused(prediction.MultiInference, multi(*tasks))
    assert found is code
    assert message in details


def test_get_model_metadata_gives_the_signatures(prediction):
    request = GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "small"
    response = prediction.GetModelMetadata(request, timeout=20)
    assert (response.model_spec.name, response.model_spec.version.value) == ("small", 3)
    signatures = SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    assert "serving_default" in signatures.signature_def


@pytest.mark.parametrize("fields", [[], ["other"], ["signature_def", "other"]])
def test_get_model_metadata_knows_only_signature_def(prediction, fields):
    request = GetModelMetadataRequest(metadata_field=fields)
    request.model_spec.name = "small"
    assert refused(prediction.GetModelMetadata, request)[0] is Status.INVALID_ARGUMENT


def test_get_model_metadata_needs_a_model(prediction):
    request = GetModelMetadataRequest(metadata_field=["signature_def"])
    assert refused(prediction.GetModelMetadata, request)[0] is Status.INVALID_ARGUMENT
    request.model_spec.name = "nobody"
    assert refused(prediction.GetModelMetadata, request)[0] is Status.NOT_FOUND


def test_get_model_status_lists_versions(models):
    request = GetModelStatusRequest()
    request.model_spec.name = "small"
    entries = models.GetModelStatus(request, timeout=20).model_version_status
    assert [(entry.version, entry.state) for entry in entries] == [
        (3, ModelVersionStatus.AVAILABLE),
        (2, ModelVersionStatus.AVAILABLE),
    ]
    request.model_spec.version.value = 2
    assert len(models.GetModelStatus(request, timeout=20).model_version_status) == 1
    request.model_spec.version.value = 9
    assert refused(models.GetModelStatus, request)[0] is Status.NOT_FOUND
    assert refused(models.GetModelStatus, GetModelStatusRequest())[0] is Status.INVALID_ARGUMENT


def test_the_session_service_is_not_registered(channel):
    call = channel.unary_unary("/tensorflow.serving.SessionService/SessionRun")
    assert refused(call, b"")[0] is Status.UNIMPLEMENTED


def test_a_deadline_ends_a_call_but_not_the_server(prediction):
    with pytest.raises(grpc.RpcError) as raised:
        prediction.Predict(request_of("wait", seconds=floats(1)), timeout=0.2)
    assert raised.value.code() is Status.DEADLINE_EXCEEDED
    assert prediction.Predict(request_of(text=["a"]), timeout=20).outputs
