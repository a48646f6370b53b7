"""Subword regularisation: training sees other pieces of the same words.

Pieces never cross the beginning of a word ("▁"), so a sentence is sampled word by word. The words
come from the ids that Transform has made; what was normalised there stays as it is.

SentencePiece samples too, but its random numbers are salted anew in every process: a training
could not go on after an interruption as if there had been none. So it is asked for its n best
segmentations, which are always the same, and the choice among them is made here; its merges are
asked for their ranks, and dropped here.
"""

from abc import ABC, abstractmethod
from bisect import bisect
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, pairwise
from math import exp, inf
from random import Random

import numpy as np
import sentencepiece

from components.subwords import SubwordKind
from foundation.vocabulary import UNKNOWN
from models.training.config import SubwordSamplingConfig

Word = tuple[int, ...]
Draw = Callable[[], float]

# Words whose segmentations are remembered.
_REMEMBERED = 200_000
_BEGINNING = "▁"


class SubwordSampler(ABC):
    """Segments words anew.

    Args:
        model: a serialised SentencePiece model
        config: how far the pieces stray
    """

    usual_alpha: float

    def __init__(self, model: bytes, config: SubwordSamplingConfig):
        self.model = sentencepiece.SentencePieceProcessor(model_proto=model)
        self.alpha = self.usual_alpha if config.alpha is None else config.alpha
        ids = range(self.model.get_piece_size())
        self.pieces = [self.model.id_to_piece(i) for i in ids]
        # A word with a piece that does not spell its text keeps its pieces.
        spelt = [
            not (
                i == UNKNOWN
                or self.model.is_control(i)
                or self.model.is_byte(i)
                or self.model.is_unused(i)
            )
            for i in ids
        ]
        self._spelt = np.array(spelt)
        self._begins = np.array([p.startswith(_BEGINNING) for p in self.pieces]) | ~self._spelt

    def __call__(
        self, ids: np.ndarray, lengths: np.ndarray, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Other ids for sentences.

        Args:
            ids: those of all sentences, one after the other, END included
            lengths: of the sentences
            random: what the choice depends on, and nothing else

        Returns:
            ids and lengths, as given.
        """
        sentence_ends = np.cumsum(lengths)
        begins = self._begins[ids]
        begins[sentence_ends[:-1]] = True
        starts = np.flatnonzero(begins)
        flat = ids.tolist()
        found: list[int] = []
        sizes = np.zeros(len(starts), np.int64)
        # A word takes a few numbers at a time, of which NumPy's generators are slow givers.
        draw = Random(int(random.integers(2**62))).random
        for number, (start, end) in enumerate(pairwise([*starts.tolist(), len(flat)])):
            word = self.segment(tuple(flat[start:end]), draw)
            found += word
            sizes[number] = len(word)
        sentences = np.searchsorted(sentence_ends, starts, side="right")
        return np.array(found, ids.dtype), np.bincount(sentences, sizes).astype(lengths.dtype)

    @abstractmethod
    def segment(self, word: Word, draw: Draw) -> Word:
        """The ids of a word, in other pieces or in the same; ``draw`` gives numbers in [0, 1)."""

    def spells(self, word: Word) -> bool:
        """Whether the pieces of a word are its text."""
        return bool(self._spelt[list(word)].all())

    def surface(self, word: Word) -> str:
        """The text of a word that its pieces spell."""
        return "".join(self.pieces[i] for i in word)


class UnigramSampler(SubwordSampler):
    """One of the n best segmentations, by its probability to the power of alpha (Kudo 2018)."""

    usual_alpha = 0.3

    def __init__(self, model: bytes, config: SubwordSamplingConfig):
        super().__init__(model, config)
        self.candidates = config.candidates
        self._choices = lru_cache(_REMEMBERED)(self._choices_of)

    def segment(self, word, draw):
        """See SubwordSampler."""
        words, thresholds = self._choices(word)
        return words[bisect(thresholds, draw())] if thresholds else word

    def _choices_of(self, word: Word) -> tuple[list[Word], list[float]]:
        """The segmentations, and the sums of their probabilities up to each but the last."""
        if not self.spells(word):
            return [word], []
        surface = self.surface(word)
        best = self.model.nbest_encode(
            surface.replace(_BEGINNING, " "), nbest_size=self.candidates, out_type=int
        )
        words = [found for found in map(tuple, best) if self.surface(found) == surface]
        if len(words) < 2:
            return [word], []
        scores = [self.alpha * sum(map(self.model.get_score, w)) for w in words]
        weights = [exp(score - max(scores)) for score in scores]
        return words, [part / sum(weights) for part in accumulate(weights[:-1])]


class BpeSampler(SubwordSampler):
    """BPE-dropout: merges are passed over with probability alpha (Provilkov et al. 2020)."""

    usual_alpha = 0.1

    def __init__(self, model: bytes, config: SubwordSamplingConfig):
        super().__init__(model, config)
        self._ids = {piece: i for i, piece in enumerate(self.pieces)}
        self._scores = {piece: self.model.get_score(i) for i, piece in enumerate(self.pieces)}

    def segment(self, word, draw):
        """See SubwordSampler."""
        if not self.spells(word):
            return word
        pieces = list(self.surface(word))
        while (best := self._next_merge(pieces, draw)) is not None:
            pieces[best : best + 2] = ["".join(pieces[best : best + 2])]
        return tuple(self._ids[piece] for piece in pieces)

    def _next_merge(self, pieces: list[str], draw: Draw) -> int | None:
        """The place of the best merge that is not passed over, the leftmost of equals."""
        best, best_score = None, -inf
        for place, (left, right) in enumerate(pairwise(pieces)):
            score = self._scores.get(left + right, -inf)
            if score > best_score and draw() >= self.alpha:
                best, best_score = place, score
        return best


SAMPLERS = {"unigram": UnigramSampler, "bpe": BpeSampler}


def build_sampler(model: bytes, kind: SubwordKind, config: SubwordSamplingConfig) -> SubwordSampler:
    """The sampler of a model of SentencePiece's ``kind``, one of SAMPLERS."""
    return SAMPLERS[kind](model, config)
