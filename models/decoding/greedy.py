"""Greedy search: the most probable id at every step."""

from dataclasses import dataclass

import tensorflow as tf

from models.decoding.config import DecodingConfig
from models.decoding.hypotheses import Hypotheses, Translator
from models.decoding.limits import length_limits
from models.decoding.walk import walk


@dataclass(frozen=True)
class GreedySearch:
    """One hypothesis for each sentence; of equally probable ids the lowest is taken."""

    config: DecodingConfig

    def for_the_best(self) -> "GreedySearch":
        """Itself: it finds no other hypothesis."""
        return self

    def __call__(self, translator: Translator, source_ids: tf.Tensor) -> Hypotheses:
        """Source ids [B, S] to hypotheses with N = 1."""
        memory = translator.encode(source_ids)
        limits = length_limits(self.config, memory.mask)
        return walk(self.config, translator, memory, limits, _most_probable)


def _most_probable(logits, step, row):
    return tf.argmax(logits, axis=1, output_type=tf.int32)
