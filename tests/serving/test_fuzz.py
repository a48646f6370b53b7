"""Thousands of bad requests through the real handlers: each is refused, none is a fault."""

import json
import socket

import psutil
import pytest
from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.engine import Engine
from serving.inference import Rules
from serving.limits import Limits
from serving.manager import ModelManager
from serving.metrics import Metrics
from serving.rest import RestApi
from serving.rpc import PredictionService
from serving.saved_model import Parallelism, SavedModel
from serving.served_model import Retries
from serving.status import HTTP_STATUS, ServingError
from serving.workers import Workers

RULES = Rules(Limits(10**6, 10**4, 100, 10_000, 10_000, 10, 1.0), timeout_ms=5000)
SIGNATURES = ["serving_default", "halve", "arithmetic", "scalars", "echo", "identity", "classify"]
SIGNATURES += ["regress", "encode", "integers", "booleans", "constant", "nbest", "complexes", "no"]
MANY = settings(max_examples=1200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def engine(toy_base):
    manager = ModelManager(
        lambda name, version, path: SavedModel(str(path), Parallelism(1, 1)), Retries(0, 1.0)
    )
    config = ModelServerConfig()
    config.model_config_list.config.add(
        name="toy", base_path=str(toy_base), model_platform="tensorflow"
    )
    manager.reload(config)
    yield Engine(manager, Metrics())
    manager.close()


@pytest.fixture(scope="module")
def workers():
    workers = Workers(1, 1)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def api(engine, workers) -> RestApi:
    return RestApi(engine, workers, RULES)


@pytest.fixture(scope="module")
def service(engine, workers) -> PredictionService:
    return PredictionService(engine, workers, RULES)


def status_of(call, *arguments) -> int:
    """The HTTP status of a call; anything but a ServingError is a fault and goes through."""
    try:
        call(*arguments)
    except ServingError as error:
        return HTTP_STATUS[error.code]
    return 200


ALLOWED = {200, 400, 404, 501}  # 501 for types that JSON has no form for

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["\ud800", "\0", "b64", "x" * 11_000]),
    st.builds(lambda text: {"b64": text}, st.text("AQ=+/ !", max_size=6)),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["a", "b", "x", "text", "inputs", "b64"]), inner, max_size=3
        ),
    ),
    max_leaves=12,
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "signature_name": st.one_of(st.sampled_from(SIGNATURES), leaves),
        "instances": st.one_of(st.lists(values, max_size=4), values),
        "inputs": values,
        "examples": st.one_of(
            st.lists(st.dictionaries(st.sampled_from(["x", "y"]), values), max_size=3), values
        ),
        "context": values,
    },
)
methods = st.sampled_from(["predict", "classify", "regress"])


def encode(document: object) -> bytes:
    return json.dumps(document).encode()


@MANY
@given(methods, documents)
def test_any_document_is_answered_or_refused(api, method, document):
    status = status_of(api.answer, "POST", f"/v1/models/toy:{method}", encode(document))
    assert status in ALLOWED


@MANY
@given(documents.map(encode), st.integers(0, 300), st.binary(max_size=8))
def test_any_damaged_document_is_answered_or_refused(api, body, place, noise):
    damaged = body[:place] + noise + body[place + len(noise) :]
    assert status_of(api.answer, "POST", "/v1/models/toy:predict", damaged) in ALLOWED


@MANY
@given(st.binary(max_size=200), st.sampled_from(["", "gzip", "GZIP", "br"]))
def test_any_bytes_are_refused(api, body, encoding):
    assert status_of(api.answer, "POST", "/v1/models/toy:predict", body, encoding) == 400


path_parts = st.sampled_from(
    [
        "/v1",
        "/models",
        "/toy",
        "/versions",
        "/1",
        "/labels",
        ":predict",
        "/metadata",
        "/..",
        "%2e",
        "%ff",
        "%",
        "/" + "9" * 400,
        ":",
        "//",
        "/\x00",
        "/é",
        "?a=b",
        "/TOY",
        ":PREDICT",
        "%2F",
    ]
)


@MANY
@given(
    st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "nonsense"]),
    st.one_of(st.lists(path_parts, max_size=7).map("".join), st.text(max_size=30)),
)
def test_any_path_is_answered_or_refused(api, method, path):
    body = b'{"instances": ["a"]}'
    assert status_of(api.answer, method, f"/v1/{path}", body) in ALLOWED
    assert status_of(api.answer, method, path, body) in ALLOWED


shapes = st.lists(st.integers(-2, 2**40) | st.integers(0, 3), max_size=4)


@st.composite
def tensors(draw: st.DrawFn) -> TensorProto:
    proto = TensorProto(dtype=draw(st.sampled_from([0, 1, 3, 7, 10, 14, 20, 21, 101, 999])))
    for size in draw(shapes):
        proto.tensor_shape.dim.add(size=size)
    proto.tensor_shape.unknown_rank = draw(st.booleans()) and draw(st.booleans())
    proto.tensor_content = draw(st.binary(max_size=16))
    proto.float_val.extend(draw(st.lists(st.floats(width=32), max_size=3)))
    proto.int_val.extend(draw(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=3)))
    proto.string_val.extend(draw(st.lists(st.binary(max_size=4), max_size=3)))
    return proto


@st.composite
def predict_requests(draw: st.DrawFn) -> PredictRequest:
    spec = ModelSpec(
        name=draw(st.sampled_from(["toy", "", "no"])),
        signature_name=draw(st.sampled_from(SIGNATURES)),
    )
    request = PredictRequest(model_spec=spec)
    for name in draw(st.sets(st.sampled_from(["x", "a", "b", "text", "data", "flag"]), max_size=3)):
        request.inputs[name].CopyFrom(draw(tensors()))
    request.output_filter.extend(draw(st.lists(st.sampled_from(["y", "sum", "?"]), max_size=2)))
    return request


@settings(MANY, max_examples=2000)
@given(predict_requests())
def test_any_predict_message_is_answered_or_refused(service, request):
    assert status_of(service._predict, request) in ALLOWED


@settings(MANY, max_examples=600)
@given(st.binary(max_size=120))
def test_any_example_message_is_answered_or_refused(service, data):
    for kind, call in (
        (ClassificationRequest, service._classify),
        (MultiInferenceRequest, service._multi_inference),
    ):
        try:
            request = kind.FromString(data)
        except DecodeError:
            continue
        assert status_of(call, request) in ALLOWED


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(min_size=1, max_size=200),
        st.builds(
            lambda verb, path, headers, body: b"\r\n".join(
                [b"%s %s HTTP/1.1" % (verb, path), *headers, b"", body]
            ),
            st.sampled_from([b"GET", b"POST", b"\xff", b""]),
            st.sampled_from([b"/v1/models/toy:predict", b"*", b"/\xff", b"http://x/", b" "]),
            st.lists(
                st.sampled_from(
                    [
                        b"Content-Length: -1",
                        b"Content-Length: 4",
                        b"Transfer-Encoding: chunked",
                        b"Content-Length: 99999999999999999999",
                        b"Host: x",
                        b"\x00: y",
                        b"nonsense",
                    ]
                ),
                max_size=4,
            ),
            st.binary(max_size=40),
        ),
    )
)
def test_any_bytes_on_the_wire_leave_the_server_answering(server, data):
    with socket.create_connection(("127.0.0.1", server.rest_port)) as connection:
        connection.settimeout(5)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(65536)
    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5"))


def test_memory_stays_flat_under_bad_requests(api):
    bodies = [b"[" * 5000, b'{"instances": [' + b"1," * 5000, b'{"inputs": {"b64": "' + b"A" * 9999]
    bodies += [encode({"signature_name": "no" * 500, "instances": [1]})]

    def burst() -> None:
        for _ in range(500):
            for body in bodies:
                assert status_of(api.answer, "POST", "/v1/models/toy:predict", body) == 400

    burst()
    before = psutil.Process().memory_info().rss
    burst()
    assert psutil.Process().memory_info().rss - before < 20 * 2**20


def test_the_server_still_answers(rest):
    assert rest.predict({"instances": ["a"]}).ok
