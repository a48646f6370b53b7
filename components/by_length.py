"""Translation quality by the length of the source: the figure that made attention famous.

Bahdanau, Cho and Bengio, 2015 (https://arxiv.org/abs/1409.0473), figure 2.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from components.evaluation import corpus_scores
from components.pairs import TextPair

# The longest source of each bucket in words; the last bucket has no end.
BOUNDS = (5, 10, 15, 20, 30, 40, 50)


class LengthScore(NamedTuple):
    """BLEU in points over the sentences of one bucket."""

    length: str
    sentences: int
    bleu: float


def bucket_of(source: str) -> int:
    """The bucket of a source sentence by its words between spaces."""
    return bisect_left(BOUNDS, len(source.split()))


def bucket_label(bucket: int) -> str:
    """A bucket as ``6-10`` words."""
    if bucket == len(BOUNDS):
        return f"over {BOUNDS[-1]}"
    return f"{BOUNDS[bucket - 1] + 1 if bucket else 1}-{BOUNDS[bucket]}"


def bleu_by_length(pairs: Sequence[TextPair], outputs: Sequence[str]) -> list[LengthScore]:
    """Corpus BLEU of every bucket that has sentences, short ones first."""
    found = []
    members: dict[int, list[tuple[str, str]]] = {}
    for pair, output in zip(pairs, outputs, strict=True):
        members.setdefault(bucket_of(pair.source), []).append((output, pair.target))
    for bucket in sorted(members):
        outputs_of, references = zip(*members[bucket], strict=True)
        bleu = corpus_scores(outputs_of, references).bleu
        found.append(LengthScore(bucket_label(bucket), len(references), bleu))
    return found
