"""InfraValidator in the DAG. No container engine is needed: nothing is run."""

import json

import pytest
from tfx.dsl.compiler.compiler import Compiler

from foundation.errors import UserError
from pipeline import infra_validation
from pipeline.config import Config
from pipeline.dag import build_pipeline
from pipeline.paths import Paths
from serving.launch import IMAGE


def config(choice) -> Config:
    corpus = {"name": "grammar", "format": "sample"}
    written = {
        "name": "tiny",
        "languages": {"source": "en", "target": "de"},
        "corpora": {"list": [{**corpus, "pairs": {"train": 20, "validation": 2, "test": 2}}]},
        "serving": {"infra_validator": choice},
    }
    return Config.model_validate_json(json.dumps(written))


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """A function that compiles the DAG, with or without an engine on the machine."""
    monkeypatch.chdir(tmp_path)

    def compile_with(choice, engine: str | None) -> dict[str, object]:
        monkeypatch.setattr(infra_validation, "docker_engine", lambda: engine)
        pipeline = build_pipeline(config(choice), Paths.of("tiny", "translator"))
        nodes = (node.pipeline_node for node in Compiler().compile(pipeline).nodes)
        return {node.node_info.id: node for node in nodes}

    return compile_with


@pytest.mark.parametrize("choice", [True, "auto"])
def test_with_an_engine_the_official_image_is_asked_before_the_push(compiled, choice):
    nodes = compiled(choice, "/usr/bin/docker")
    parameters = nodes["InfraValidator"].parameters.parameters
    spec = json.loads(parameters["serving_spec"].field_value.string_value)
    binary = spec["tensorflow_serving"]
    assert f"{binary['image_name']}:{binary['tags'][0]}" == IMAGE
    assert "local_docker" in spec
    request = json.loads(parameters["request_spec"].field_value.string_value)
    assert request["tensorflow_serving"]["signature_names"] == ["serve_examples"]
    assert "InfraValidator" in nodes["ServingValidator"].upstream_nodes
    assert "ServingValidator" in nodes["Pusher"].upstream_nodes


@pytest.mark.parametrize(
    ("choice", "engine"), [("auto", None), (False, None), (False, "/usr/bin/docker")]
)
def test_elsewhere_serving_validator_does_its_work_alone(compiled, choice, engine):
    nodes = compiled(choice, engine)
    assert "InfraValidator" not in nodes
    assert "ServingValidator" in nodes["Pusher"].upstream_nodes


def test_asked_for_without_an_engine_it_says_so_in_a_sentence(compiled):
    with pytest.raises(UserError, match=r"serving\.infra_validator: true needs Docker"):
        compiled(True, None)
