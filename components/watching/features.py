"""What is measured of every pair, a batch at a time, as TFDV takes it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import sentencepiece

from components.watching.scripts import NAMES, letters
from corpora.rules.language import recognise
from foundation.examples import CORPUS
from foundation.vocabulary import UNKNOWN

SIDES = ("source", "target")
CHARACTERS, SUBWORDS, UNKNOWN_SHARE = "characters", "subwords", "unknown"
SCRIPT, LANGUAGE, RATIO = "script", "language", "ratio"
BATCH = 1000
# Languages are recognised for so many pairs of a batch: it takes longer than all the rest.
RECOGNISED = 50
# Shorter texts say too little about their language.
_TELLING = 30


class Sentences(NamedTuple):
    """Several pairs of a corpus, as columns."""

    source: list[str]
    target: list[str]
    corpus: list[str]


def batches(rows: Iterable[tuple[str, str, str]]) -> Iterator[Sentences]:
    """Pairs with their corpus, BATCH at a time."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield Sentences(*map(list, zip(*batch, strict=True)))


def measure(
    sentences: Sentences,
    source_subwords: sentencepiece.SentencePieceProcessor,
    target_subwords: sentencepiece.SentencePieceProcessor,
) -> pa.RecordBatch:
    """The features of B pairs; a list for each pair, since TFDV counts values.

    ``<side>_characters``, ``<side>_subwords``: lengths, without END.
    ``<side>_unknown``: the share of its subwords that are unknown.
    ``<side>_script``: the script of each letter.
    ``<side>_language``: as recognised, for those of the first RECOGNISED that are long enough.
    ``ratio``: characters of the target for each of the source. ``corpus``: its name.
    """
    columns = {CORPUS: _one_each(pa.array(sentences.corpus))}
    sides = (
        (SIDES[0], sentences.source, source_subwords),
        (SIDES[1], sentences.target, target_subwords),
    )
    for side, texts, processor in sides:
        columns |= {f"{side}_{name}": column for name, column in _side(texts, processor)}
    lengths = [np.maximum(1, [len(text) for text in texts]) for _, texts, _ in sides]
    columns[RATIO] = _one_each(pa.array((lengths[1] / lengths[0]).astype(np.float32)))
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _side(
    texts: list[str], processor: sentencepiece.SentencePieceProcessor
) -> Iterator[tuple[str, pa.Array]]:
    yield CHARACTERS, _one_each(pa.array([len(text) for text in texts], pa.int64()))
    pieces = processor.encode(texts)
    yield SUBWORDS, _one_each(pa.array([len(ids) for ids in pieces], pa.int64()))
    shares = [ids.count(UNKNOWN) / max(1, len(ids)) for ids in pieces]
    yield UNKNOWN_SHARE, _one_each(pa.array(shares, pa.float32()))
    found = letters(texts)
    names = pa.array(NAMES).take(pa.array(found.scripts))
    yield SCRIPT, _lists(found.counts, names)
    telling = [i < RECOGNISED and len(text) >= _TELLING for i, text in enumerate(texts)]
    languages = [recognise(text) for text, tells in zip(texts, telling, strict=True) if tells]
    yield LANGUAGE, _lists(telling, pa.array(languages, pa.string()))


def _one_each(values: pa.Array) -> pa.ListArray:
    return _lists(np.ones(len(values), np.int64), values)


def _lists(counts: Sequence[int], values: pa.Array) -> pa.ListArray:
    """values cut into lists of these lengths; an empty list becomes null: no value."""
    ends = np.cumsum(counts, dtype=np.int64)
    offsets = pa.array(np.concatenate([[0], ends]), pa.int64())
    lists = pa.LargeListArray.from_arrays(offsets, values)
    if np.all(counts):
        return lists
    return pa.compute.if_else(pa.array(np.asarray(counts) > 0), lists, None)
