"""The verdict of ServingValidator; the server itself is started by the pipeline's own tests."""

import json
from pathlib import Path

import pytest
from tfx.types.standard_artifacts import Examples, InfraBlessing, Model

from components import serving_validator
from components.serving_validator import Difference, ServingValidator

DIFFERENCE = Difference("Hello.", "REST", "Hallo.", "Hallo!")


@pytest.fixture
def judge(tmp_path, monkeypatch):
    """A function that runs the component on given findings, without a model."""

    def run(foreign=(), differences=(), infra: int | None = None) -> tuple[InfraBlessing, dict]:
        monkeypatch.setattr(serving_validator, "read_pairs", lambda *_: iter(()))
        monkeypatch.setattr(serving_validator, "foreign_ops", lambda _: list(foreign))
        monkeypatch.setattr(serving_validator, "compare", lambda *_: list(differences))
        model, examples, blessing, other = Model(), Examples(), InfraBlessing(), InfraBlessing()
        model.uri, blessing.uri = str(tmp_path / "model"), str(tmp_path / "blessing")
        other.set_int_custom_property("blessed", infra or 0)
        ServingValidator.test_call(
            examples=examples,
            model=model,
            blessing=blessing,
            code="",
            infra=None if infra is None else other,
        )
        return blessing, json.loads(Path(blessing.uri, "report.json").read_text())

    return run


@pytest.mark.parametrize("infra", [None, 1])
def test_a_model_without_a_fault_is_blessed(judge, infra):
    blessing, report = judge(infra=infra)
    assert blessing.get_int_custom_property("blessed") == 1
    assert Path(blessing.uri, "INFRA_BLESSED").exists()
    assert report == {"foreign_ops": [], "differences": []}


def test_an_op_that_tf_serving_has_not_is_named(judge, capsys):
    blessing, report = judge(foreign=["PyFunc"])
    assert blessing.get_int_custom_property("blessed") == 0
    assert Path(blessing.uri, "INFRA_NOT_BLESSED").exists()
    assert report["foreign_ops"] == ["PyFunc"]
    assert "TF Serving has no PyFunc, which the export uses" in capsys.readouterr().out


def test_a_different_answer_is_kept(judge):
    blessing, report = judge(differences=[DIFFERENCE])
    assert blessing.get_int_custom_property("blessed") == 0
    assert report["differences"] == [DIFFERENCE._asdict()]


def test_what_infra_validator_refuses_is_not_blessed(judge, capsys):
    blessing, _ = judge(infra=0)
    assert blessing.get_int_custom_property("blessed") == 0
    assert "InfraValidator" in capsys.readouterr().out
