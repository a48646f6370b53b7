"""A server with tight bounds, batching, CORS and method checks: what it refuses, and how."""

import gzip
import http.client
import json
import socket
import time

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.example.example_pb2 import Example
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from tests.serving.conftest import Rest
from tests.serving.local import LocalServer


@pytest.fixture(scope="module")
def strict(toy_base):
    with LocalServer(
        toy_base,
        "toy",
        "--max_request_bytes=100000",
        "--max_header_bytes=4096",
        "--max_texts=16",
        "--max_text_bytes=1000",
        "--max_tensor_elements=50000",
        "--max_pending_requests=6",
        "--read_timeout_seconds=1",
        "--rest_api_timeout_in_ms=400",
        "--rest_api_num_threads=4",
        "--rest_api_enable_cors_support",
        "--enable_signature_method_name_check=true",
        "--grpc_channel_arguments=grpc.max_concurrent_streams=100,grpc.so_reuseport=0",
    ) as server:
        yield server


@pytest.fixture(scope="module")
def strict_rest(strict):
    return Rest(strict.rest_address)


def test_cors_headers_are_there_with_the_flag(strict_rest):
    for response in (
        strict_rest.session.options(f"{strict_rest.address}/v1/models/toy:predict", timeout=20),
        strict_rest.predict({"instances": ["a"]}),
        strict_rest.predict({}),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Access-Control-Allow-Methods"] == "POST, GET"
        assert response.headers["Access-Control-Allow-Headers"] == "Content-Type"


def test_a_body_beyond_the_bound_is_413(strict_rest):
    response = strict_rest.post("/v1/models/toy:predict", b" " * 100_001)
    assert response.status_code == 413
    assert response.json() == {"error": "Request body is larger than 100000 bytes"}


def test_a_gzip_body_that_unzips_beyond_the_bound_is_413(strict_rest):
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    headers = {"Content-Encoding": "gzip"}
    assert strict_rest.post("/v1/models/toy:predict", bomb, headers=headers).status_code == 413


def test_too_many_texts_are_400(strict_rest):
    response = strict_rest.predict({"instances": ["a"] * 17})
    assert response.status_code == 400
    assert "17 texts; the limit is 16" in response.json()["error"]


def test_a_text_that_is_too_long_is_400(strict_rest):
    response = strict_rest.predict({"instances": ["é" * 501]})
    assert response.status_code == 400
    assert "a text of 1002 bytes; the limit is 1000" in response.json()["error"]


def test_headers_beyond_the_bound_are_400(strict):
    connection = http.client.HTTPConnection("127.0.0.1", strict.rest_port, timeout=20)
    connection.request("GET", "/v1/models/toy", headers={"X-Long": "x" * 5000})
    assert connection.getresponse().status == 400
    connection.close()


def test_a_model_that_takes_too_long_is_504(strict_rest):
    response = strict_rest.predict({"signature_name": "wait", "instances": [5.0]})
    assert response.status_code == 504
    assert list(response.json()) == ["error"]


def dripping(port: int, *parts: bytes, pause: float = 0.25, seconds: float = 6.0) -> bytes:
    """Sends the parts slowly, the last one again and again; all that the server answers."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(pause)
        end = time.monotonic() + seconds
        remaining = list(parts)
        while time.monotonic() < end:
            try:
                connection.sendall(remaining.pop(0) if len(remaining) > 1 else remaining[0])
                received = connection.recv(4096)
                if not received:
                    return answer
                answer += received
            except TimeoutError:
                continue
            except OSError:
                return answer
    raise AssertionError("the server kept the connection")


def test_headers_that_drip_end_the_connection(strict):
    dripping(strict.rest_port, b"GET /v1/models/toy HTTP/1.1\r\n", b"X: y\r\n")


def test_a_body_that_drips_is_408(strict):
    head = b"POST /v1/models/toy:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    assert b" 408 " in dripping(strict.rest_port, head, b" ")


def test_too_many_waiting_requests_are_429(strict):
    body = b'{"signature_name": "wait", "instances": [0.2]}'
    connections = [
        http.client.HTTPConnection("127.0.0.1", strict.rest_port, timeout=20) for _ in range(12)
    ]
    for connection in connections:
        connection.request("POST", "/v1/models/toy:predict", body)
    statuses = [connection.getresponse().status for connection in connections]
    for connection in connections:
        connection.close()
    assert statuses.count(429) == 6
    assert set(statuses) <= {200, 429, 504}


def test_method_names_are_checked_with_the_flag(strict_rest):
    body = {"signature_name": "classify", "examples": [{"x": 1.0}]}
    response = strict_rest.post("/v1/models/toy:classify", body)
    assert response.status_code == 400
    assert "Expected classification signature method_name" in response.json()["error"]


def test_grpc_has_the_same_bounds(strict):
    with grpc.insecure_channel(strict.rpc_target) as channel:
        stub = PredictionServiceStub(channel)

        def code_of(method, request) -> grpc.StatusCode:
            with pytest.raises(grpc.RpcError) as raised:
                method(request, timeout=20)
            return raised.value.code()

        request = PredictRequest()
        request.model_spec.name = "toy"
        request.inputs["text"].CopyFrom(tf.make_tensor_proto(["a" * 200_000]))
        assert code_of(stub.Predict, request) is grpc.StatusCode.RESOURCE_EXHAUSTED
        request.inputs["text"].CopyFrom(tf.make_tensor_proto(["a"] * 17))
        assert code_of(stub.Predict, request) is grpc.StatusCode.INVALID_ARGUMENT
        request.model_spec.signature_name = "identity"
        del request.inputs["text"]
        request.inputs["x"].CopyFrom(tf.make_tensor_proto(np.float32(1)))
        request.inputs["x"].tensor_shape.dim.add(size=50_001)
        assert code_of(stub.Predict, request) is grpc.StatusCode.INVALID_ARGUMENT
        examples = ClassificationRequest()
        examples.model_spec.name = "toy"
        examples.input.example_list.examples.extend([Example()] * 17)
        assert code_of(stub.Classify, examples) is grpc.StatusCode.INVALID_ARGUMENT


def test_the_server_is_unharmed_after_all_this(strict_rest):
    assert strict_rest.predict({"instances": ["a"]}).json()["predictions"][0]["translation"] == "A"
    assert json.loads(strict_rest.get("/v1/models/toy").text)
