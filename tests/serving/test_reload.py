"""New versions and configurations of a running server: by folder, by call and by file."""

import shutil
import threading
import time

import grpc
import pytest
import requests
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub

from foundation.errors import UserError
from tests.serving.local import LocalServer


def config_text(**models) -> str:
    entries = "".join(
        f'config {{ name: "{name}" base_path: "{base}" model_platform: "tensorflow" }}'
        for name, base in models.items()
    )
    return f"model_config_list {{ {entries} }}"


@pytest.fixture
def growing(small_base, tmp_path):
    """A base path with version 1, to which others can be copied."""
    base = tmp_path / "growing"

    def add(version: int, as_version: int | None = None) -> None:
        hidden = base / f"copying-{version}"
        shutil.copytree(small_base / str(version), hidden)
        hidden.rename(base / str(as_version or version))

    base.mkdir()
    add(1)
    return base, add


def test_handle_reload_config_request_replaces_the_models(small_base, growing):
    base, _ = growing
    with LocalServer(base, "old") as server, grpc.insecure_channel(server.rpc_target) as channel:
        stub = ModelServiceStub(channel)
        request = ReloadConfigRequest()
        request.config.model_config_list.config.add(
            name="new", base_path=str(small_base), model_platform="tensorflow"
        )
        response = stub.HandleReloadConfigRequest(request, timeout=20)
        assert (response.status.error_code, response.status.error_message) == (0, "")
        url = f"{server.rest_address}/v1/models"
        body = {"instances": [2]}
        answer = requests.post(f"{url}/new:predict", json=body, timeout=20)
        assert answer.json() == {"predictions": [4.0]}
        assert requests.post(f"{url}/old:predict", json=body, timeout=20).status_code == 404
        status = GetModelStatusRequest()
        status.model_spec.name = "new"
        assert stub.GetModelStatus(status, timeout=20).model_version_status[0].version == 3

        def refused(request: ReloadConfigRequest) -> grpc.StatusCode:
            with pytest.raises(grpc.RpcError) as raised:
                stub.HandleReloadConfigRequest(request, timeout=20)
            return raised.value.code()

        assert refused(ReloadConfigRequest()) is grpc.StatusCode.INVALID_ARGUMENT
        request.config.model_config_list.config[0].version_labels["stable"] = 77
        assert refused(request) is grpc.StatusCode.FAILED_PRECONDITION
        request.config.model_config_list.config.append(request.config.model_config_list.config[0])
        assert refused(request) is grpc.StatusCode.INVALID_ARGUMENT
        assert requests.post(f"{url}/new:predict", json=body, timeout=20).ok


def test_the_configuration_file_is_read_again_with_the_poll_flag(small_base, growing, tmp_path):
    base, _ = growing
    file = tmp_path / "models.config"
    file.write_text(config_text(first=base))
    flags = (f"--model_config_file={file}", "--model_config_file_poll_wait_seconds=1")
    with LocalServer(base, "ignored", *flags) as server:
        url = f"{server.rest_address}/v1/models"
        file.write_text("this is no configuration")
        time.sleep(1.5)
        assert requests.get(f"{url}/first", timeout=20).ok
        file.write_text(config_text(second=small_base))
        end = time.monotonic() + 15
        while not requests.get(f"{url}/second", timeout=20).ok:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_a_wrong_configuration_file_ends_the_start(tmp_path):
    file = tmp_path / "models.config"
    file.write_text("model_config_list { nonsense: 3 }")
    with (
        pytest.raises(
            UserError, match=r"Error parsing text-format tensorflow.serving.ModelServerConfig"
        ),
        LocalServer(tmp_path, "m", f"--model_config_file={file}"),
    ):
        pass


def test_versions_swap_under_load_without_a_failed_or_wrong_answer(growing):
    base, add = growing
    with LocalServer(base, "m") as server:
        url = f"{server.rest_address}/v1/models/m:predict"
        stop = threading.Event()
        wrong: list[object] = []
        seen: set[float] = set()

        def ask() -> None:
            with requests.Session() as session:
                while not stop.is_set():
                    answer = session.post(url, json={"instances": [0, 2]}, timeout=20)
                    values = answer.json().get("predictions")
                    if not answer.ok or values[1] - values[0] != 1.0:
                        wrong.append(answer.text)
                    else:
                        seen.add(values[0])

        clients = [threading.Thread(target=ask) for _ in range(4)]
        for client in clients:
            client.start()
        for number in range(2, 8):
            add(1 + number % 3, as_version=number)
            status = f"{server.rest_address}/v1/models/m/versions/{number}"
            end = time.monotonic() + 20
            while '"AVAILABLE"' not in requests.get(status, timeout=20).text:
                assert time.monotonic() < end
                time.sleep(0.02)
        time.sleep(0.2)
        stop.set()
        for client in clients:
            client.join()
        assert wrong == []
        assert seen == {1.0, 2.0, 3.0}


def test_a_truncated_version_leaves_the_old_one_serving(growing):
    base, _ = growing
    with LocalServer(base, "m", "--max_num_load_retries=0") as server:
        shutil.copytree(base / "1", base / "copying-2")
        graph = base / "copying-2" / "saved_model.pb"
        graph.write_bytes(graph.read_bytes()[:-100])
        (base / "copying-2").rename(base / "2")
        url = f"{server.rest_address}/v1/models/m"
        end = time.monotonic() + 20
        while len(requests.get(url, timeout=20).json()["model_version_status"]) < 2:
            assert time.monotonic() < end
            time.sleep(0.05)
        while requests.get(f"{url}/versions/2", timeout=20).json()["model_version_status"][0][
            "state"
        ] in ("START", "LOADING"):
            assert time.monotonic() < end
            time.sleep(0.05)
        newest, old = requests.get(url, timeout=20).json()["model_version_status"]
        assert (newest["version"], newest["state"]) == ("2", "END")
        assert newest["status"]["error_code"] != "OK"
        assert newest["status"]["error_message"]
        assert (old["version"], old["state"]) == ("1", "AVAILABLE")
        answer = requests.post(f"{url}:predict", json={"instances": [2]}, timeout=20)
        assert answer.json() == {"predictions": [2.0]}
