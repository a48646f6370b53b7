"""What the user writes under ``lens:``."""

from pydantic import Field

from foundation.settings import Settings


class LensConfig(Settings):
    """The gradient lens in training.

    every: one update in so many is looked at; null switches the lens off.
    """

    every: int | None = Field(50, ge=1)
