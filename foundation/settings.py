"""The base of every configuration object."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Frozen, typed settings: an unknown key or a wrong type is an error that names the key.

    Numbers are not coerced from strings, nor booleans from numbers; a float field takes a whole
    number, since YAML writes ``1`` for ``1.0``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)
