"""The embedded server as a child process, for whoever needs one for a while."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from foundation.errors import UserError

_HOST = "127.0.0.1"
_PROJECT = Path(__file__).resolve().parents[1]
_STOP_SECONDS = 40.0
_LOG_TAIL = 2000  # characters of the log that an error repeats


class ServerProcess:
    """`with ServerProcess(folder, "translator") as server:` serves inside the block.

    The ports are free ones; the block begins when both answer, and ends the process whatever
    happens in it.

    Args:
        model_base_path: the folder of version folders.
        name: the model's name.
        flags: further flags of the server.
        start_seconds: how long it may take to become ready.

    Raises:
        UserError: where the server ends or is not ready in time; with the end of its log.
    """

    def __init__(
        self,
        model_base_path: str | Path,
        name: str,
        flags: Sequence[str] = (),
        start_seconds: float = 120.0,
    ):
        self.name = name
        self._model_base_path = Path(model_base_path).absolute()
        self._flags = flags
        self._start_seconds = start_seconds
        self.rpc_port, self.rest_port = free_ports(2)

    @property
    def rest_address(self) -> str:
        """For `Client`: REST."""
        return f"http://{_HOST}:{self.rest_port}"

    @property
    def rpc_address(self) -> str:
        """For `Client`: gRPC."""
        return f"grpc://{_HOST}:{self.rpc_port}"

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def __enter__(self) -> "ServerProcess":
        self._log = tempfile.NamedTemporaryFile("w", suffix=".log")
        command = [
            sys.executable,
            "-m",
            "serving.server",
            f"--port={self.rpc_port}",
            f"--rest_api_port={self.rest_port}",
            f"--model_name={self.name}",
            f"--model_base_path={self._model_base_path}",
            *self._flags,
        ]
        self._process = subprocess.Popen(
            command, cwd=_PROJECT, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._end()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self._start_seconds
        while not (answers(_HOST, self.rest_port) and answers(_HOST, self.rpc_port)):
            if self._process.poll() is not None:
                raise UserError(f"The model server ended at its start: {self.log()}")
            if time.monotonic() > deadline:
                raise UserError(
                    f"The model server was not ready in {self._start_seconds:g} s: {self.log()}"
                )
            time.sleep(0.05)

    def log(self) -> str:
        """The end of what the server has written."""
        return Path(self._log.name).read_text(errors="replace")[-_LOG_TAIL:].strip()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def free_ports(count: int) -> list[int]:
    """Different ports that nothing listens on."""
    sockets = [socket.create_server((_HOST, 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports


def answers(host: str, port: int) -> bool:
    """True where something accepts connections."""
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError:
        return False
    return True
