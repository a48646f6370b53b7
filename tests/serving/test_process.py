"""The embedded server as a process: its start, its end and its imports."""

import ast
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

import serving
from foundation.errors import UserError
from serving.process import ServerProcess, free_ports

ROOT = Path(serving.__file__).parents[1]


def run_server(*flags: str, timeout: float = 60.0) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "serving.server", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}  # 127.0.0.1 as the kernel writes it


def listening_addresses() -> dict[int, set[str]]:
    """The local addresses that each port listens on."""
    addresses: dict[int, set[str]] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, _, state = line.split()[1:4]
            address, port = local.split(":")
            if state == "0A":
                addresses.setdefault(int(port, 16), set()).add(address)
    return addresses


def test_the_block_serves_on_loopback_and_always_ends(small_base):
    with pytest.raises(RuntimeError, match="inside"), ServerProcess(small_base, "m") as server:
        answer = requests.post(
            f"{server.rest_address}/v1/models/m:predict", json={"instances": [4.0]}, timeout=20
        )
        assert answer.json() == {"predictions": [5.0]}
        listening = listening_addresses()
        for port in (server.rest_port, server.rpc_port):
            assert listening[port] <= LOOPBACK
        raise RuntimeError("inside")
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_sigterm_finishes_what_is_in_flight(toy_base):
    with ServerProcess(toy_base, "toy") as server:
        connection = socket.create_connection(("127.0.0.1", server.rest_port))
        body = b'{"signature_name": "wait", "instances": [1.0]}'
        connection.sendall(
            b"POST /v1/models/toy:predict HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        metadata = requests.get(f"{server.rest_address}/v1/models/toy/metadata", timeout=20)
        assert metadata.ok
        os.kill(server.pid, signal.SIGTERM)
        assert b'{"predictions": [1.0]}' in connection.recv(4096)
        connection.close()


def test_a_port_in_use_is_one_sentence_and_an_exit_code(small_base):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (other,) = free_ports(1)
        for used, free in (("port", "rest_api_port"), ("rest_api_port", "port")):
            ended = run_server(
                f"--{used}={port}", f"--{free}={other}", f"--model_base_path={small_base}"
            )
            assert ended.returncode == 1
            assert ended.stderr.strip() == (
                f"Port {port} is in use: give another with --{used},"
                " or end the program that has it."
            )


def test_a_model_that_cannot_load_ends_the_start_with_its_reason(tmp_path):
    (tmp_path / "1").mkdir()
    with (
        pytest.raises(UserError, match="Could not find SavedModel"),
        ServerProcess(tmp_path, "m", ["--max_num_load_retries=0"]),
    ):
        pass


def imported_rooms(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    return names


LEADS_EXPORT = {"export.py", "signatures.py"}


def test_the_server_imports_neither_keras_nor_tfx_nor_other_rooms():
    forbidden = {"keras", "tfx", "apache_beam", "mlflow", "models", "components", "pipeline"}
    for file in (ROOT / "serving").rglob("*.py"):
        if file.name not in LEADS_EXPORT:
            assert not imported_rooms(file) & (forbidden | {"corpora"}), file
    script = (
        "import sys; import serving.application;"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    # TensorFlow itself imports Keras; nothing of ours asks for it.
    assert not set(loaded) & (forbidden - {"keras"} | {"corpora"})
    assert {"tensorflow", "tensorflow_text", "serving"} <= set(loaded)
