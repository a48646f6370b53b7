"""The settings of the lens."""

from pydantic import Field

from foundation.settings import Settings


class LensConfig(Settings):
    """When and how closely the lens looks.

    every: updates between two measurements; 0 turns the lens off.
    rows: sentences of the batch that are measured.
    iterations: of the power iteration; more sharpen the singular values.
    """

    every: int = Field(50, ge=0)
    rows: int = Field(8, ge=1)
    iterations: int = Field(12, ge=1)
