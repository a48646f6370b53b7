"""The command line says in one sentence what the user can mend, before it does anything."""

import pytest

from pipeline.__main__ import main
from tests.pipeline.conftest import CONFIG


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(CONFIG)
    return tmp_path


def test_a_corpus_folder_that_is_not_there(capsys, elsewhere):
    assert main(["run", "--config", "mine.yaml", "--corpus-dir", "nowhere"]) == 1
    assert "CORPUS_DIR is nowhere, and there is no such folder" in capsys.readouterr().out
    assert not (elsewhere / "runs").exists()


def test_a_configuration_that_is_not_there(capsys, elsewhere):
    assert main(["run", "--config", "yours.yaml"]) == 1
    assert "yours.yaml does not exist" in capsys.readouterr().out
    assert not (elsewhere / "runs").exists()


def test_no_pushed_model(capsys):
    assert main(["model", "--config", "mine.yaml"]) == 1
    assert main(["model", "--config", "mine.yaml", "--quiet"]) == 1
    said = capsys.readouterr().out
    assert said == "error: no model has been pushed for mine.yaml: make run first.\n"
