"""Tab-separated lines: a tab always ends a column, a quotation mark is a character like others."""

from collections.abc import Iterator

from corpora.reading import lines
from corpora.reading.columns import column_indices, ragged
from corpora.reading.records import Chunk, Pair, Source


def chunks(source: Source) -> Iterator[Chunk]:
    """Checks the file and cuts it at lines.

    Raises UserError: also when a column is missing in the header.
    """
    _columns(source)
    yield from lines.chunks(source)


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a chunk; a line with too few columns is a fault."""
    source_column, target_column, header = _columns(chunk.source)
    needed = max(source_column, target_column) + 1
    pair = chunk.source.pair
    for number, (line,) in lines.numbered(chunk):
        if header and number == 1:
            continue
        cells = line.split("\t")
        if len(cells) < needed:
            yield pair(line, "", number, ragged(len(cells), needed))
        else:
            yield pair(cells[source_column], cells[target_column], number)


def _columns(source: Source) -> tuple[int, int, bool]:
    [path] = source.paths
    return column_indices(source, lambda: lines.first_line(path).split("\t"))
