"""Validation by translating: the decode path of the exported model, on the current weights."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from components.evaluation import corpus_scores, sentence_chrf, translate_in_batches
from components.pairs import TextPair
from models.text_translator import TextTranslator


class Sample(NamedTuple):
    """A translated sentence; chrf in points."""

    source: str
    reference: str
    output: str
    chrf: float


class Alignment(NamedTuple):
    """What a translation looked at: pieces of both sides and weights [T, S]."""

    source: list[str]
    output: list[str]
    weights: np.ndarray


class Validator:
    """Translates the validation split and keeps the outputs of the last time.

    Args:
        text_translator: of the model in training; sees its current weights
        pairs: the validation split
    """

    def __init__(self, text_translator: TextTranslator, pairs: Sequence[TextPair]):
        self._translator = text_translator
        self._pairs = pairs
        self.outputs: list[str] = []

    def __call__(self) -> dict[str, float]:
        """BLEU and chrF of the current weights, in points."""
        self.outputs = translate_in_batches(self._translate, [pair.source for pair in self._pairs])
        scores = corpus_scores(self.outputs, [pair.target for pair in self._pairs])
        return {"bleu": scores.bleu, "chrf": scores.chrf}

    def samples(self, count: int) -> list[Sample]:
        """The first ``count`` sentences as they were translated last."""
        return [
            Sample(pair.source, pair.target, output, sentence_chrf(output, pair.target))
            for pair, output in zip(self._pairs[:count], self.outputs[:count], strict=True)
        ]

    def alignments(self, count: int) -> list[Alignment]:
        """Attention of the first ``count`` sentences with the current weights."""
        sources = [pair.source for pair in self._pairs[:count]]
        return [self._align(source) for source in sources]

    def _align(self, source: str) -> Alignment:
        found = self._translator.translate(tf.constant([source]))
        length = int(tf.math.count_nonzero(found.output_ids[0, 0]))
        decode = np.vectorize(lambda piece: piece.decode("utf-8"), otypes=[object])
        return Alignment(
            list(decode(self._translator.source_pieces(found.source_ids[0]).numpy())),
            list(decode(self._translator.target_pieces(found.output_ids[0, 0, :length]).numpy())),
            found.attention[0, 0, :length].numpy(),
        )

    def _translate(self, texts: list[str]) -> list[str]:
        found = self._translator.translate(tf.constant(texts))
        return [text.decode("utf-8") for text in found.text[:, 0].numpy()]
