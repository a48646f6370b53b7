"""MLflow's own server in another process, on a free port of the loopback."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from pipeline.mlflow_ui import free_port

SECONDS = 60


class TrackingServer:
    """Serves a store from ``with`` to its end; can be killed and started again in between.

    Args:
        store: the address of its database
        artifacts: the folder it keeps artifacts in, on behalf of its clients
    """

    def __init__(self, store: str, artifacts: Path):
        self._port = free_port(5600)
        self.address = f"http://127.0.0.1:{self._port}"
        self._command = [
            *(sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store),
            *("--artifacts-destination", str(artifacts), "--host", "127.0.0.1"),
            *("--port", str(self._port), "--workers", "1"),
        ]

    def __enter__(self) -> "TrackingServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers."""
        environment = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
        self._process = subprocess.Popen(
            self._command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=2).close()
                return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise TimeoutError("MLflow's server did not answer")

    def stop(self) -> None:
        """Kill the server with its workers."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
