"""What the user writes under ``watch:``; every check can be switched off with false."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from foundation.settings import Settings

Share = Annotated[float, Field(gt=0, le=1)]
Reaction = Literal["warn", "stop", False]


class LeastPairs(Settings):
    """How many pairs a split must have."""

    train: int = Field(100, ge=1)
    validation: int = Field(10, ge=1)
    test: int = Field(10, ge=1)


class RatioBounds(Settings):
    """Between what the median pair's characters of the target for each of the source must lie."""

    minimum: float = Field(0.2, gt=0)
    maximum: float = Field(5.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> "RatioBounds":
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class WatchSettings(Settings):
    """When a corpus is too strange to train on.

    pairs: the least number in each split.
    unknown: the greatest mean share of unknown subwords on a side.
    ratio: see RatioBounds.
    language: the least share of a side's sentences that are recognised as in its language.
    drift: what happens when the training pairs are unlike those of the served model.
    skew: what happens when validation or test are unlike the training pairs.
    distance: how far two distributions may lie apart, beyond what chance does to samples of
        their sizes: Jensen-Shannon divergence (bits) of numbers, L-infinity of categories.
    """

    pairs: LeastPairs | Literal[False] = LeastPairs()
    unknown: Share | Literal[False] = 0.05
    ratio: RatioBounds | Literal[False] = RatioBounds()
    language: Share | Literal[False] = 0.25
    drift: Reaction = "warn"
    skew: Reaction = "warn"
    distance: Share = 0.1
