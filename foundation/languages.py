"""The two sides of a translator."""

from pydantic import Field

from foundation.settings import Settings


class Languages(Settings):
    """BCP 47 codes, as ``en`` and ``de``."""

    source: str = Field(min_length=2)
    target: str = Field(min_length=2)

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"
