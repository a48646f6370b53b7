from pathlib import Path

import pytest

from pipeline import fingerprint as module
from pipeline.fingerprint import fingerprint


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    files = {
        "room/__init__.py": "",
        "room/cell.py": "import math\nfrom room import gate\n",
        "room/gate.py": "from .deep.sigmoid import value\n",
        "room/deep/__init__.py": "",
        "room/deep/sigmoid.py": "value = 1\n",
        "room/other.py": "value = 2\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("changed", ["cell", "gate", "deep/sigmoid", "__init__"])
def test_a_change_in_the_module_or_in_what_it_imports_changes_the_fingerprint(project, changed):
    before = fingerprint("room.cell")
    with (project / "room" / f"{changed}.py").open("a") as file:
        file.write("more = 1\n")
    assert fingerprint("room.cell") != before


def test_a_change_elsewhere_does_not(project):
    before = fingerprint("room.cell")
    (project / "room" / "other.py").write_text("value = 3\n")
    assert fingerprint("room.cell") == before


def test_other_versions_of_the_stack_change_it(project, monkeypatch):
    before = fingerprint("room.cell")
    monkeypatch.setattr(module.metadata, "version", lambda package: "99")
    assert fingerprint("room.cell") != before


def test_an_unknown_module_is_an_error(project):
    with pytest.raises(ModuleNotFoundError, match=r"room\.nothing"):
        fingerprint("room.nothing")
