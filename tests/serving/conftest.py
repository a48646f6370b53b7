"""Toy models made once, and one embedded server that the tests of the API share."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import requests
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from serving.process import ServerProcess
from tests.serving import toys


@pytest.fixture(scope="session")
def toy_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base path with version 1 of the toy."""
    base = tmp_path_factory.mktemp("toy")
    toys.save_toy(base, 1)
    return base


@pytest.fixture(scope="session")
def small_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base path with versions 1, 2 and 3 of a model of one signature."""
    base = tmp_path_factory.mktemp("small")
    for version in (1, 2, 3):
        toys.save_small(base, version)
    return base


@pytest.fixture(scope="session")
def tf1_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base path with a TensorFlow 1 export."""
    base = tmp_path_factory.mktemp("tf1")
    toys.save_tf1(base, 123)
    return base


@pytest.fixture(scope="session")
def server(
    toy_base: Path, small_base: Path, tf1_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """A server of `toy`, `small` (versions 2 and 3, label `stable` = 2) and `tf1`."""
    folder = tmp_path_factory.mktemp("server")
    config = folder / "models.config"
    config.write_text(
        f"""
        model_config_list {{
          config {{ name: "toy" base_path: "{toy_base}" model_platform: "tensorflow" }}
          config {{
            name: "small" base_path: "{small_base}" model_platform: "tensorflow"
            model_version_policy {{ specific {{ versions: 2 versions: 3 }} }}
            version_labels {{ key: "stable" value: 2 }}
          }}
          config {{ name: "tf1" base_path: "{tf1_base}" model_platform: "tensorflow" }}
        }}
        """
    )
    monitoring = folder / "monitoring.config"
    monitoring.write_text("prometheus_config { enable: true }")
    flags = [
        f"--model_config_file={config}",
        f"--monitoring_config_file={monitoring}",
        "--allow_version_labels_for_unavailable_models",
        "--tensorflow_intra_op_parallelism=1",
        "--tensorflow_inter_op_parallelism=2",
        f"--grpc_socket_path={folder}/rpc.sock",
    ]
    with ServerProcess(toy_base, "toy", flags) as process:
        process.socket_path = folder / "rpc.sock"
        yield process


class Rest:
    """Requests to the shared server's REST port."""

    def __init__(self, address: str):
        self.address = address
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **options) -> requests.Response:
        return self.session.get(f"{self.address}{path}", timeout=20, **options)

    def post(self, path: str, body: object = None, **options) -> requests.Response:
        """Posts JSON, or bytes as they are."""
        if isinstance(body, bytes):
            return self.session.post(f"{self.address}{path}", data=body, timeout=20, **options)
        return self.session.post(f"{self.address}{path}", json=body, timeout=20, **options)

    def predict(self, body: object, model: str = "toy") -> requests.Response:
        return self.post(f"/v1/models/{model}:predict", body)


@pytest.fixture(scope="session")
def rest(server: ServerProcess) -> Rest:
    return Rest(server.rest_address)


@pytest.fixture(scope="session")
def channel(server: ServerProcess) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(server.rpc_address.removeprefix("grpc://")) as channel:
        yield channel


@pytest.fixture(scope="session")
def prediction(channel: grpc.Channel) -> PredictionServiceStub:
    return PredictionServiceStub(channel)


@pytest.fixture(scope="session")
def models(channel: grpc.Channel) -> ModelServiceStub:
    return ModelServiceStub(channel)
