"""`mlflow models serve` of a model, with the code that ModelRegistrar registers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import psutil

from benchmarks.load import HOST
from serving.process import answers, free_ports

_MODEL = Path(__file__).parents[1] / "components" / "mlflow_model.py"
_START_SECONDS = 120.0


@contextmanager
def mlflow_server(version_path: Path, folder: Path, threads: int) -> Iterator[int]:
    """`mlflow models serve` of the same model; its port."""
    model = folder / "mlflow-model"
    mlflow.pyfunc.save_model(
        str(model),
        python_model=str(_MODEL),
        artifacts={"saved_model": str(version_path)},
        pip_requirements=[],
    )
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", str(model)]
    command += ["--env-manager", "local", "--host", HOST, "--port", str(port), "--workers", "1"]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
    }
    with (folder / "mlflow.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not answers(HOST, port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit((folder / "mlflow.log").read_text()[-9000:])
                time.sleep(0.1)
            yield port
        finally:
            if process.poll() is None:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.terminate()
                process.terminate()
            process.wait()
