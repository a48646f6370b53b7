"""What the user writes under ``decoding:``."""

from typing import Literal

from pydantic import Field, model_validator

from foundation.settings import Settings

_KEYS_OF_ONE_STRATEGY = {
    "beam": ("beam", "n_best", "length_penalty", "coverage_penalty"),
    "sampling": ("samples", "temperature", "top_k", "top_p", "seed"),
}


class DecodingConfig(Settings):
    """How hypotheses are sought.

    Lengths count the ids of a hypothesis, END included. A sentence of S source ids (END included)
    gets at most ``min(maximum_length, maximum_ratio * S + maximum_offset)`` target ids, and never
    fewer than ``minimum_length``.
    """

    strategy: Literal["greedy", "beam", "sampling"] = "beam"

    # Beam search. length_penalty is the alpha and coverage_penalty the beta of Wu et al. (2016).
    beam: int = Field(5, ge=1)
    n_best: int = Field(1, ge=1)
    length_penalty: float = Field(0.6, ge=0)
    coverage_penalty: float = Field(0.0, ge=0)

    # Sampling. top_k is applied first, top_p to what it leaves.
    samples: int = Field(1, ge=1)
    temperature: float = Field(1.0, gt=0)
    top_k: int | None = Field(None, ge=1)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int = Field(0, ge=0, lt=2**31)

    # Every strategy. no_repeat_ngram 0 allows repetition.
    minimum_length: int = Field(1, ge=1)
    maximum_length: int = Field(200, ge=1)
    maximum_ratio: float = Field(2.0, ge=0)
    maximum_offset: int = Field(10, ge=1)
    no_repeat_ngram: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _combinations(self) -> "DecodingConfig":
        for strategy, keys in _KEYS_OF_ONE_STRATEGY.items():
            foreign = [key for key in keys if strategy != self.strategy and self._is_set(key)]
            if foreign:
                raise ValueError(
                    f"{', '.join(foreign)} only work with strategy {strategy}, "
                    f"but strategy is {self.strategy}: remove them or change the strategy"
                )
        if self.n_best > self.beam:
            raise ValueError(
                f"n_best ({self.n_best}) exceeds beam ({self.beam}): a beam finds no more "
                "hypotheses than its width"
            )
        if self.minimum_length > self.maximum_length:
            raise ValueError(
                f"minimum_length ({self.minimum_length}) exceeds "
                f"maximum_length ({self.maximum_length})"
            )
        return self

    def _is_set(self, key: str) -> bool:
        return getattr(self, key) != type(self).model_fields[key].default
