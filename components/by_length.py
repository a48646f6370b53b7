"""Translation quality by the length of the source: the figure that made attention famous.

Bahdanau, Cho and Bengio, 2015 (https://arxiv.org/abs/1409.0473), figure 2.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from components.evaluation import corpus_scores
from components.pairs import TextPair

# BLEU of fewer sentences is mostly chance.
ENOUGH = 20
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


def bucket_label(first: int, last: int | None = None) -> str:
    """One bucket, or those from ``first`` to ``last``, as ``6-10`` words."""
    last = first if last is None else last
    if last == len(BOUNDS):
        return f"over {BOUNDS[first - 1]}" if first else "all"
    return f"{BOUNDS[first - 1] + 1 if first else 1}-{BOUNDS[last]}"


def bleu_by_length(pairs: Sequence[TextPair], outputs: Sequence[str]) -> list[LengthScore]:
    """Corpus BLEU by length, short sentences first.

    A bucket with fewer than ``ENOUGH`` sentences is scored together with the next longer ones,
    what is left at the long end with the one before.
    """
    members: list[list[tuple[str, str]]] = [[] for _ in range(len(BOUNDS) + 1)]
    for pair, output in zip(pairs, outputs, strict=True):
        members[bucket_of(pair.source)].append((output, pair.target))
    found = []
    for first, last in _groups([len(inside) for inside in members]):
        outputs_of, references = zip(*chain(*members[first : last + 1]), strict=True)
        bleu = corpus_scores(outputs_of, references).bleu
        found.append(LengthScore(bucket_label(first, last), len(references), bleu))
    return found


def _groups(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """First and last bucket of every group."""
    groups: list[tuple[int, int]] = []
    members: list[int] = []
    for bucket in (bucket for bucket, size in enumerate(sizes) if size):
        members.append(bucket)
        if sum(sizes[b] for b in members) >= ENOUGH:
            groups.append((members[0], bucket))
            members = []
    if members:
        first = groups.pop()[0] if groups else members[0]
        groups.append((first, members[-1]))
    return groups
