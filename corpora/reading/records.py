"""What readers yield, and the pieces of work that they are given."""

from typing import NamedTuple

from corpora.config import Corpus, HashedSplits, Split
from corpora.splits import split_of
from foundation.languages import Languages


class Pair(NamedTuple):
    """A sentence pair and where it came from.

    line: counted from 1; in formats without lines the number of the record.
    fault: why the record cannot be used, empty when it can; the texts are then what was legible.
    """

    source: str
    target: str
    corpus: str
    split: Split
    file: str
    line: int
    fault: str = ""


class Source(NamedTuple):
    """Local files that are read together: one, or the two sides of line-aligned text.

    split: the split of its pairs, or "all" when a hash decides.
    """

    corpus: Corpus
    split: str
    paths: tuple[str, ...]
    languages: Languages
    splits: HashedSplits

    def pair(self, source: str, target: str, line: int, fault: str = "") -> Pair:
        """A pair of this source."""
        split = split_of(source, self.splits) if self.split == "all" else self.split
        return Pair(source, target, self.corpus.name, split, self.paths[0], line, fault)


class Chunk(NamedTuple):
    """A part of a source that one worker reads; small, so it can be sent around.

    starts: the byte offset in each file, where it begins; first_line: its number, from 1.
    lines: how many lines, or None for all up to the end.
    """

    source: Source
    starts: tuple[int, ...] = ()
    first_line: int = 1
    lines: int | None = None
