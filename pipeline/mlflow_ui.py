"""``make ui``: MLflow's own server on the project's store, opened on the newest run."""

import signal
import socket
import subprocess
import sys

import mlflow

from components.tracking import prepare_store
from components.tracking.store import artifact_location
from foundation.console import say
from pipeline.paths import MLFLOW


def serve_ui(port: int) -> int:
    """Serve until Ctrl-C; where ``port`` is taken, the next free one is used.

    Returns:
        the exit code: 0 when stopped by the user
    """
    uri = prepare_store(MLFLOW)
    if not uri.startswith("sqlite:"):
        say(f"MLFLOW_TRACKING_URI is set; the runs are at {uri}")
        return 0
    free = free_port(port)
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri),
        *("--default-artifact-root", str(artifact_location(uri))),
        *("--host", "127.0.0.1", "--port", str(free), "--workers", "1"),
    ]
    say(f"MLflow: http://127.0.0.1:{free}{_newest_run_path(uri)}   (Ctrl-C ends it)")
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0
    return 0 if server.returncode in (0, -signal.SIGTERM) else 1


def free_port(wanted: int) -> int:
    """``wanted`` if it can be bound on the loopback, else the next one that can.

    Raises:
        OSError: none of the next hundred ports is free.
    """
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} to {wanted + 99}")


def _newest_run_path(uri: str) -> str:
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiments = [e.experiment_id for e in client.search_experiments()]
    runs = client.search_runs(experiments, order_by=["start_time DESC"], max_results=1)
    if not runs:
        return ""
    info = runs[0].info
    return f"/#/experiments/{info.experiment_id}/runs/{info.run_id}"
