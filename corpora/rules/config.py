"""What the user writes under ``cleaning:``; every rule can be switched off with false."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from corpora.config import Split
from foundation.settings import Settings


class Bounds(Settings):
    """The least and the greatest length of a side."""

    minimum: int = Field(1, ge=0)
    maximum: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Bounds":
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class LanguageRule(Settings):
    """Language identification of each side.

    minimum_characters: shorter texts say too little about their language and are kept.
    confidence: a side is dropped only when another language is at least this likely.
    """

    minimum_characters: int = Field(30, ge=1)
    confidence: float = Field(0.9, gt=0, le=1)


class CleaningConfig(Settings):
    """Which repairs and rules apply.

    splits: where they apply. A given test set stays as published: of other splits only what
        cannot be read or has an empty side is dropped.
    unicode: NFC; control characters and byte order marks are removed.
    spaces: white space of any kind becomes single spaces, none at the ends.
    characters, tokens: bounds of each side's length; tokens are what spaces separate.
    ratio: how many times longer in characters one side may be than the other.
    ratio_slack: characters that are added to both sides first, so short pairs are not judged.
    identical: source and target are the same text (of two words or more).
    letters: the least share of letters among a side's characters other than spaces.
    numbers: both sides have digits, and not the same numbers.
    language: see LanguageRule; off unless asked for, since it takes most of the time.
    duplicates: all but the first of equal pairs, within and across corpora.
    near_duplicates: equal but for case, digits, punctuation and spaces.
    leakage: a training pair whose normalised source or target is in validation or test.
    """

    splits: tuple[Split, ...] = ("train",)
    unicode: bool = True
    spaces: bool = True
    empty: bool = True
    characters: Bounds | Literal[False] = Bounds(minimum=1, maximum=2000)
    tokens: Bounds | Literal[False] = Bounds(minimum=1, maximum=200)
    ratio: Annotated[float, Field(ge=1)] | Literal[False] = 3.0
    ratio_slack: int = Field(15, ge=0)
    identical: bool = True
    letters: Annotated[float, Field(gt=0, le=1)] | Literal[False] = 0.5
    numbers: bool = False
    language: LanguageRule | Literal[False] = False
    duplicates: bool = True
    near_duplicates: bool = True
    leakage: bool = True
