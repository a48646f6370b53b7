"""What a component's code is, as one hash: part of its cache key.

TFX's cache looks at inputs and parameters only, so a component whose code was changed would
be taken from the cache. The fingerprint covers a module's source and the source of every
module of this project that it imports, directly or through others.
"""

import ast
import hashlib
from collections.abc import Iterator
from importlib import metadata
from importlib.util import resolve_name
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
STACK = ("apache-beam", "keras", "sentencepiece", "tensorflow", "tensorflow-text", "tfx")


def fingerprint(module: str) -> str:
    """The SHA-256 of ``module``'s project code and of the versions of the stack.

    Args:
        module: a dotted name of this project, as ``components.trainer``.

    Raises:
        ModuleNotFoundError: no such module in this project.
    """
    if _source(module) is None:
        raise ModuleNotFoundError(f"{module} is not a module of this project")
    digest = hashlib.sha256()
    for name in sorted(_closure(module)):
        digest.update(name.encode() + b"\0" + _source(name).read_bytes() + b"\0")
    for package in STACK:
        digest.update(f"{package} {metadata.version(package)}\0".encode())
    return digest.hexdigest()


def _closure(module: str) -> set[str]:
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or _source(name) is None:
            continue
        found.add(name)
        waiting.extend(_imports(name))
    return found


def _imports(module: str) -> Iterator[str]:
    source = _source(module)
    package = module if source.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_parents(alias.name)
        elif isinstance(node, ast.ImportFrom):
            name = resolve_name("." * node.level + (node.module or ""), package)
            yield from _with_parents(name)
            # `from package import submodule` reads like an attribute: try both.
            yield from (f"{name}.{alias.name}" for alias in node.names)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end])


def _source(module: str) -> Path | None:
    path = PROJECT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
