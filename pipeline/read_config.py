"""From a YAML file and ``key=value`` settings to a Config, or to sentences for the user."""

import difflib
import json
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from foundation.errors import UserError
from pipeline.config import Config


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is written twice; YAML itself would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key '{key}' is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_config(path: Path, settings: str = "") -> Config:
    """Read and check a configuration.

    Args:
        path: a YAML file
        settings: ``"training.epochs=3 model.units=256"``; each value is read as YAML

    Raises:
        UserError: names the file, each key that is wrong, and what is allowed there.
    """
    content = _read_yaml(path)
    for assignment in settings.split():
        _assign(content, assignment)
    try:
        # Strict checks of JSON take a list for a tuple, which those of Python objects do not.
        return Config.model_validate_json(json.dumps(content, default=str))
    except ValidationError as error:
        faults = "; ".join(_sentence(fault, content) for fault in error.errors())
        where = f"{path} with SET" if settings.split() else str(path)
        raise UserError(f"{where}: {faults}.") from error


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError as error:
        known = ", ".join(sorted(str(p) for p in Path("configs").glob("*.yaml")))
        raise UserError(f"{path} does not exist; there are {known}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise UserError(f"{path}{place}: not valid YAML: {problem}.") from error
    if not isinstance(content, dict):
        raise UserError(f"{path}: a configuration is a mapping of keys to values.")
    return content


def _assign(content: dict[str, Any], assignment: str) -> None:
    key, equals, text = assignment.partition("=")
    if not equals or not key:
        raise UserError(f"SET: '{assignment}' is not key=value, as in training.epochs=3.")
    *parents, last = key.split(".")
    at: Any = content
    for depth, parent in enumerate(parents):
        at = at.setdefault(parent, {})
        if not isinstance(at, dict):
            raise UserError(f"SET: {'.'.join(parents[: depth + 1])} is a value and has no keys.")
    try:
        at[last] = yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        raise UserError(f"SET: '{text}' in '{assignment}' is not valid YAML.") from error


def _sentence(fault: dict[str, Any], content: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "configuration"
    if fault["type"] == "extra_forbidden":
        allowed = _allowed_keys(fault["loc"][:-1])
        close = difflib.get_close_matches(str(fault["loc"][-1]), allowed, n=1)
        hint = f", did you mean {close[0]}" if close else ""
        return f"{key}: unknown key{hint} (allowed here: {', '.join(allowed)})"
    message = fault["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if fault["type"] in ("missing", "value_error"):
        return f"{key}: {message}"
    return f"{key}: {message}, not {fault['input']!r}"


def _allowed_keys(location: tuple[str | int, ...]) -> list[str]:
    """The keys of the settings object at ``location``."""
    found: list[Any] = [Config]
    for part in location:
        if isinstance(part, str):
            found = [
                inner
                for model in found
                if part in model.model_fields
                for inner in _models_in(model.model_fields[part].annotation)
            ] or [m for m in found if m.__name__ == part]
    return sorted({key for model in found for key in model.model_fields})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]
