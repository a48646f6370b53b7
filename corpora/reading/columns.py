"""Which columns of a table hold the two sides."""

from collections.abc import Callable

from corpora.reading.records import Source
from foundation.errors import UserError


def column_indices(source: Source, read_header: Callable[[], list[str]]) -> tuple[int, int, bool]:
    """The indices of source and target, from 0, and whether the first line is a header.

    Columns that the user gives by name are looked up in the header; numbers count from 1.
    Raises UserError: the header has no such column.
    """
    columns = source.corpus.columns
    if isinstance(columns.source, int):
        return columns.source - 1, columns.target - 1, False
    header = read_header()
    indices = []
    for name in (columns.source, columns.target):
        if name not in header:
            raise UserError(
                f"{source.paths[0]}, line 1: no column is named '{name}' but "
                f"{', '.join(header[:20]) or 'none'}; correct corpora.list: "
                f"{source.corpus.name}.columns, or give columns by number."
            )
        indices.append(header.index(name))
    return indices[0], indices[1], True


def ragged(found: int, needed: int) -> str:
    """The fault of a row that is too short."""
    return f"{found} of {needed} columns"
