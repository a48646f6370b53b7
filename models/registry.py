"""Parts that the YAML names: those that are built in, and a user's own.

A name without a colon is a built-in part. ``package.module:Class`` is a class of the user's own,
imported from a module on the Python path; it must derive from the kind's base class.
"""

import importlib
from collections.abc import Mapping
from typing import Generic, TypeVar

from foundation.errors import UserError

Part = TypeVar("Part")


class Registry(Generic[Part]):
    """The parts of one kind, by name.

    Args:
        kind: what the parts are called in an error sentence, such as "cell".
        base: the class that every part derives from.
        built_in: the parts that need no import, by name.
    """

    def __init__(self, kind: str, base: type[Part], built_in: Mapping[str, type[Part]]):
        self.kind = kind
        self._base = base
        self._built_in = dict(built_in)

    @property
    def names(self) -> tuple[str, ...]:
        """The built-in names, in alphabetical order."""
        return tuple(sorted(self._built_in))

    def __getitem__(self, name: str) -> type[Part]:
        """The class called ``name``.

        Raises:
            UserError: when there is no such name, module or class, or the class is of another kind.
        """
        if name in self._built_in:
            return self._built_in[name]
        if ":" not in name:
            raise UserError(
                f"Unknown {self.kind} '{name}': there are {', '.join(self.names)}, and a class of "
                "your own is named 'package.module:Class'."
            )
        part = self._import(name)
        if not (isinstance(part, type) and issubclass(part, self._base)):
            raise UserError(
                f"The {self.kind} '{name}' must be a class that derives from "
                f"{self._base.__module__}.{self._base.__name__}."
            )
        return part

    def _import(self, name: str) -> object:
        module_name, _, class_name = name.partition(":")
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            raise UserError(
                f"The {self.kind} '{name}' cannot be imported ({error}): put the folder that holds "
                f"'{module_name}' on PYTHONPATH."
            ) from error
        if not hasattr(module, class_name):
            raise UserError(
                f"The {self.kind} '{name}' does not exist: the module '{module_name}' has no "
                f"'{class_name}'."
            )
        return getattr(module, class_name)
