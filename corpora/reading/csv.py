"""Comma-separated values with quotation marks, in which a value may span lines: not cut."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from corpora.reading.columns import column_indices, ragged
from corpora.reading.lines import not_utf8
from corpora.reading.records import Chunk, Pair, Source
from corpora.reading.streams import opened
from foundation.errors import UserError

# A quotation mark that is never closed would otherwise swallow the rest of the file.
_LONGEST_VALUE = 1 << 20


def chunks(source: Source) -> Iterator[Chunk]:
    """The file as one chunk, its header checked."""
    _columns(source)
    yield Chunk(source, lines=source.corpus.limit)


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a file; a row with too few columns is a fault, an open quotation an error."""
    source_column, target_column, header = _columns(chunk.source)
    needed = max(source_column, target_column) + 1
    pair = chunk.source.pair
    rows = islice(_rows(chunk.source.paths[0]), 1 if header else 0, None)
    number = 0
    for number, row in islice(rows, chunk.lines):
        if len(row) < needed:
            yield pair(" ".join(row), "", number, ragged(len(row), needed))
        else:
            yield pair(row[source_column], row[target_column], number)
    if number == 0:
        raise UserError(f"{chunk.source.paths[0]} is empty; a corpus needs at least one row.")


def _columns(source: Source) -> tuple[int, int, bool]:
    [path] = source.paths
    return column_indices(source, lambda: next(_rows(path), (1, []))[1])


def _rows(path: str) -> Iterator[tuple[int, list[str]]]:
    """The number of each row's last line, and its values."""
    with opened(path) as stream:
        rows = csv.reader(_decoded(path, stream), strict=True)
        while True:
            with _one_sentence(path, rows):
                row = next(rows, None)
            if row is None:
                return
            yield rows.line_num, row


@contextmanager
def _one_sentence(path: str, rows) -> Iterator[None]:
    limit = csv.field_size_limit(_LONGEST_VALUE)
    try:
        yield
    except csv.Error as error:
        raise UserError(
            f"{path}, line {rows.line_num}: {error}; a quotation mark may be missing or not "
            "doubled before this line."
        ) from error
    finally:
        csv.field_size_limit(limit)


def _decoded(path: str, stream) -> Iterator[str]:
    for number, line in enumerate(stream, 1):
        content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        try:
            yield content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise not_utf8(path, f"line {number}", content, error) from error
