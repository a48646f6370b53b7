"""`python -m serving.launch`: starts the best model server that this machine has, and says which.

The real `tensorflow_model_server` where it is on PATH, else the official Docker image where an
engine answers, else the embedded server. All take the same flags, so the rest of the command line
is passed on.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from foundation.errors import UserError
from serving.versions import find_versions

BINARY = "tensorflow_model_server"
IMAGE = "tensorflow/serving:2.16.1"
_ENGINE_SECONDS = 5.0


class Launch(NamedTuple):
    """Which server, in words for the user, and the command that becomes this process."""

    says: str
    command: list[str]


def choose(name: str, base_path: Path, port: int, rest_port: int, flags: Sequence[str]) -> Launch:
    """The first server of the three that can be started here.

    Args:
        name: the model's name.
        base_path: the absolute folder of its versions.
        port: for gRPC.
        rest_port: for REST.
        flags: further flags, passed on.
    """
    common = [
        f"--port={port}",
        f"--rest_api_port={rest_port}",
        f"--model_name={name}",
        f"--model_base_path={base_path}",
        *flags,
    ]
    binary = shutil.which(BINARY)
    if binary:
        return Launch(f"the real TF Serving ({binary})", [binary, *common])
    docker = docker_engine()
    if docker:
        command = [docker, "run", "--rm", "--init"]
        command += ["--publish", f"127.0.0.1:{port}:8500"]
        command += ["--publish", f"127.0.0.1:{rest_port}:8501"]
        command += ["--mount", f"type=bind,source={base_path},target=/models/{name},readonly"]
        command += ["--env", f"MODEL_NAME={name}", IMAGE, *flags]
        return Launch(f"the real TF Serving in Docker ({IMAGE})", command)
    embedded = [sys.executable, "-m", "serving.server", *common]
    return Launch("the embedded server, which speaks TF Serving's APIs", embedded)


def docker_engine() -> str | None:
    """The path of the `docker` command, where one is there and its engine answers."""
    docker = shutil.which("docker")
    if docker is None:
        return None
    try:
        found = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            timeout=_ENGINE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return docker if found.returncode == 0 else None


def main(arguments: Sequence[str]) -> None:
    """Becomes the chosen server; ends with a sentence where there is nothing to serve."""
    parser = argparse.ArgumentParser(prog="python -m serving.launch", description=__doc__)
    parser.add_argument("--model_name", default="translator")
    parser.add_argument("--model_base_path", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument("--rest_api_port", type=int, default=8501)
    known, flags = parser.parse_known_args(arguments)
    base_path = known.model_base_path.absolute()
    try:
        _check_model(base_path)
    except UserError as error:
        sys.exit(str(error))
    launch = choose(known.model_name, base_path, known.port, known.rest_api_port, flags)
    print(f"Starting {launch.says}.", flush=True)
    os.execv(launch.command[0], launch.command)


def _check_model(base_path: Path) -> None:
    try:
        versions = find_versions(base_path)
    except OSError as error:
        raise UserError(
            f"No model to serve in {base_path} ({error.strerror}): train one with `make run`."
        ) from error
    if not versions:
        raise UserError(f"No model version lies in {base_path}: train one with `make run`.")


if __name__ == "__main__":
    main(sys.argv[1:])
