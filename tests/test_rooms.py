"""Who may import whom: models, corpora ← components ← pipeline; serving stands alone."""

import ast
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = {"foundation", "models", "corpora", "components", "pipeline", "serving"}
MAY_IMPORT = {
    "foundation": {"pydantic"},
    "corpora": {
        *("foundation", "pydantic", "lxml", "polib", "py3langid", "pyarrow", "zstandard"),
        *("matplotlib", "numpy", "requests"),
    },
    "models": {
        *("foundation", "pydantic", "numpy", "tensorflow", "tensorflow_text", "keras"),
        *("matplotlib", "sacrebleu"),
    },
    "serving": {
        *("foundation", "numpy", "tensorflow", "tensorflow_text", "tensorflow_serving"),
        *("aiohttp", "grpc", "google", "requests", "tqdm", "psutil"),
    },
}


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, those of the standard library left out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
    return {name.partition(".")[0] for name in found} - sys.stdlib_module_names


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room):
    for path in sorted((PROJECT / room).rglob("*.py")):
        extra = imported(path) - MAY_IMPORT[room] - {room}
        assert not extra, f"{path.relative_to(PROJECT)} imports {sorted(extra)}"


def test_components_do_not_import_the_pipeline():
    for path in sorted((PROJECT / "components").rglob("*.py")):
        assert "pipeline" not in imported(path), path


def test_every_room_is_there():
    assert all(any((PROJECT / room).rglob("*.py")) for room in ROOMS)
