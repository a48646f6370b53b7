"""Validation by translating: the decode path of the exported model, on the current weights."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from components.by_length import bucket_label, bucket_of
from components.evaluation import corpus_scores, sentence_chrf, translate_in_batches
from components.pairs import TextPair
from models.text_translator import TextTranslator


class Sample(NamedTuple):
    """A translated sentence; length is the bucket of source words, chrf in points."""

    length: str
    chrf: float
    source: str
    reference: str
    output: str


class Extremes(NamedTuple):
    """The lowest chrF of every length bucket, the lowest of all first; the highest likewise."""

    worst: list[Sample]
    best: list[Sample]


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
        """About ``count`` sentences, the same every time, of all buckets, as translated last."""
        return [self._sample(i) for i in self._fixed(count)]

    def extremes(self, count: int) -> Extremes:
        """The ``count`` worst and best of every length bucket, as translated last."""
        samples = [self._sample(i) for i in range(len(self._pairs))]
        samples.sort(key=lambda sample: sample.chrf)
        return Extremes(_of_every_length(samples, count), _of_every_length(samples[::-1], count))

    def alignments(self, count: int) -> list[Alignment]:
        """Attention of ``count`` fixed sentences with the current weights."""
        return [self._align(self._pairs[i].source) for i in self._fixed(count)[:count]]

    def _fixed(self, count: int) -> list[int]:
        """Positions that take a sentence of every bucket in turn, the buckets in order."""
        buckets: dict[int, list[int]] = {}
        for i, pair in enumerate(self._pairs):
            buckets.setdefault(bucket_of(pair.source), []).append(i)
        in_turn = zip_longest(*(buckets[bucket] for bucket in sorted(buckets)))
        return [i for turn in in_turn for i in turn if i is not None][:count]

    def _sample(self, i: int) -> Sample:
        pair, output = self._pairs[i], self.outputs[i]
        score = round(sentence_chrf(output, pair.target), 1)
        label = bucket_label(bucket_of(pair.source))
        return Sample(label, score, pair.source, pair.target, output)

    def _align(self, source: str) -> Alignment:
        found = self._translator.best(tf.constant([source]))
        length = int(tf.math.count_nonzero(found.output_ids[0, 0]))
        decode = np.vectorize(lambda piece: piece.decode("utf-8"), otypes=[object])
        return Alignment(
            list(decode(self._translator.source_pieces(found.source_ids[0]).numpy())),
            list(decode(self._translator.target_pieces(found.output_ids[0, 0, :length]).numpy())),
            found.attention[0, 0, :length].numpy(),
        )

    def _translate(self, texts: list[str]) -> list[str]:
        found = self._translator.best(tf.constant(texts))
        return [text.decode("utf-8") for text in found.text[:, 0].numpy()]


def _of_every_length(samples: Sequence[Sample], count: int) -> list[Sample]:
    """The first ``count`` of every bucket."""
    taken: Counter[str] = Counter()
    found = []
    for sample in samples:
        if taken[sample.length] < count:
            taken[sample.length] += 1
            found.append(sample)
    return found
