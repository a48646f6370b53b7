"""A server inside the test's process: no second TensorFlow to import."""

import asyncio
import threading
import time
from pathlib import Path

from serving.application import Application
from serving.flags import parse_flags
from serving.process import answers, free_ports


class LocalServer:
    """`with LocalServer(base, "name", "--flag=...") as server:`; fails as the server would."""

    def __init__(self, base_path: Path, name: str, *flags: str):
        self.rpc_port, self.rest_port = free_ports(2)
        self._flags = parse_flags(
            [
                f"--port={self.rpc_port}",
                f"--rest_api_port={self.rest_port}",
                f"--model_name={name}",
                f"--model_base_path={base_path}",
                "--file_system_poll_wait_seconds=0.1",
                "--grace_seconds=5",
                "--tensorflow_intra_op_parallelism=1",
                *flags,
            ]
        )
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            await Application(self._flags).run(self._stop)
        except Exception as error:
            self._error = error

    @property
    def rest_address(self) -> str:
        return f"http://127.0.0.1:{self.rest_port}"

    @property
    def rpc_target(self) -> str:
        return f"127.0.0.1:{self.rpc_port}"

    def __enter__(self) -> "LocalServer":
        self._thread.start()
        while self._thread.is_alive() and not answers("127.0.0.1", self.rpc_port):
            time.sleep(0.02)
        if self._error:
            raise self._error
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
