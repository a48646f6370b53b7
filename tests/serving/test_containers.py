"""The files for the real TF Serving, checked as far as can be without running it."""

import os
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

import serving
from serving.batch_rules import read_batch_rules
from serving.flags import parse_flags
from serving.launch import IMAGE
from serving.model_config import check_config, read_config_file
from serving.monitoring import DEFAULT_PATH, metrics_path

FOLDER = Path(serving.__file__).parent / "containers"


def documents() -> dict[str, dict]:
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    return {
        "compose": compose["services"]["translator"],
        **{document["kind"]: document for document in manifest()},
    }


def manifest() -> list[dict]:
    return list(yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text()))


def has_compose() -> bool:
    docker = shutil.which("docker")
    command = [docker, "compose", "version"]
    return bool(docker) and not subprocess.run(command, capture_output=True).returncode


def test_the_text_protos_parse_with_the_official_messages():
    (model,) = check_config(read_config_file(FOLDER / "models.config"))
    assert (model.name, model.base_path) == ("translator", "/models/translator")
    assert read_batch_rules(FOLDER / "batching.config").max_batch_size == 64
    assert metrics_path(FOLDER / "monitoring.config") == DEFAULT_PATH


def container() -> dict:
    (found,) = documents()["Deployment"]["spec"]["template"]["spec"]["containers"]
    return found


@pytest.mark.parametrize("source", ["compose", "kubernetes"])
def test_the_flags_are_known_and_their_files_are_there(source):
    arguments = documents()["compose"]["command"] if source == "compose" else container()["args"]
    local = [argument.replace("/config/", f"{FOLDER}/") for argument in arguments]
    flags = parse_flags(local)
    for path in (
        flags.model_config_file,
        flags.batching_parameters_file,
        flags.monitoring_config_file,
    ):
        assert path.is_file()


def test_the_image_is_the_one_that_make_serve_starts():
    assert documents()["compose"]["image"] == container()["image"] == IMAGE


def test_the_manifest_is_of_one_piece():
    """What no schema finds: names that refer to each other must agree."""
    deployment, service = documents()["Deployment"], documents()["Service"]
    spec = deployment["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels == service["spec"]["selector"]
    ports = {port["name"]: port["containerPort"] for port in container()["ports"]}
    assert ports == {"grpc": 8500, "rest": 8501}
    assert {port["targetPort"] for port in service["spec"]["ports"]} == set(ports)
    volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in container()["volumeMounts"]} == volumes
    for probe in ("startupProbe", "readinessProbe"):
        assert container()[probe]["httpGet"]["port"] in ports


def test_compose_publishes_on_loopback_alone():
    assert all(port.startswith("127.0.0.1:") for port in documents()["compose"]["ports"])


@pytest.mark.parametrize("document", manifest(), ids=lambda document: document["kind"])
def test_the_manifest_keeps_to_kubernetes_own_schemas(document):
    version = kubernetes_validate.latest_version()
    kubernetes_validate.validate(document, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**document, "spec": {**document["spec"], "replica": 1}}, version, strict=True
        )


@pytest.mark.skipif(not has_compose(), reason="there is no `docker compose` on this machine")
def test_docker_compose_reads_its_file():
    command = ["docker", "compose", "--file", str(FOLDER / "compose.yaml"), "config", "--quiet"]
    subprocess.run(command, check=True, env={**os.environ, "MODELS": "/models"})
