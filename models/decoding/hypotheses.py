"""What a search returns, and the two sides it stands between."""

from typing import NamedTuple, Protocol

import tensorflow as tf


class Hypotheses(NamedTuple):
    """N hypotheses for each of B sentences, best first.

    A hypothesis ends with END, or without it where the length limit cut it off. Where the
    constraints leave fewer than N hypotheses, the rest have length 0 and score -inf.

    ids: int32 [B, N, T], PAD to the right.
    lengths: int32 [B, N], END included.
    scores: float32 [B, N], the sum of the ids' log-probabilities, without any penalty.
    attention: float32 [B, N, T, S], one row for each id, zero beyond the length.
    """

    ids: tf.Tensor
    lengths: tf.Tensor
    scores: tf.Tensor
    attention: tf.Tensor


class Translator(Protocol):
    """All that a search knows of a model. N rows, each the continuation of one source.

    Every tensor of a memory and of a state leads with the row axis; a state's tensors may grow
    from step to step along any other axis but the last.
    """

    @property
    def vocabulary(self) -> int: ...

    def encode(self, source_ids): ...

    def start(self, memory): ...

    def step(self, previous_ids, state, memory): ...


class Search(Protocol):
    """A decoding strategy: from source ids [B, S] to hypotheses, eagerly or in a graph."""

    def for_the_best(self) -> "Search":
        """A search whose first hypotheses are the same, and which seeks no more than it must."""
        ...

    def __call__(self, translator: Translator, source_ids: tf.Tensor) -> Hypotheses: ...
