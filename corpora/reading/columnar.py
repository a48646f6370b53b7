"""Parquet and Arrow files, read in batches; the row groups of Parquet in parallel."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import pyarrow
import pyarrow.ipc
import pyarrow.parquet

from corpora.reading.records import Chunk, Pair, Source
from corpora.reading.streams import local_copy
from foundation.errors import UserError

_ROWS = 10_000


def chunks(source: Source) -> Iterator[Chunk]:
    """One chunk per row group of a Parquet file; a limited or an Arrow file is one chunk.

    Raises UserError: no such file, another format, a column that is missing or holds no text.
    """
    [path] = source.paths
    with local_copy(path) as local, _one_sentence(source):
        if source.corpus.format == "arrow":
            with _arrow_reader(local) as reader:
                _check_columns(source, reader.schema)
            yield Chunk(source, lines=source.corpus.limit)
            return
        with pyarrow.parquet.ParquetFile(local) as file:
            _check_columns(source, file.schema_arrow)
            rows = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    if not sum(rows):
        raise UserError(f"{path} is empty; a corpus needs at least one row.")
    if source.corpus.limit is not None:
        yield Chunk(source, lines=source.corpus.limit)
        return
    first = 1
    for group, count in enumerate(rows):
        yield Chunk(source, (group,), first, count)
        first += count


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a chunk; a row with a null is a fault."""
    source = chunk.source
    columns = source.corpus.columns
    number = chunk.first_line - 1
    with local_copy(source.paths[0]) as local, _one_sentence(source):
        rows = (
            row
            for batch in _batches(chunk, local)
            for row in zip(
                _texts(batch, columns.source), _texts(batch, columns.target), strict=True
            )
        )
        for number, texts in enumerate(islice(rows, chunk.lines), chunk.first_line):
            left, right = texts
            fault = "null" if left is None or right is None else ""
            yield source.pair(left or "", right or "", number, fault)
    if number < chunk.first_line:
        raise UserError(f"{source.paths[0]} is empty; a corpus needs at least one row.")


def _texts(batch: pyarrow.RecordBatch, name: str) -> list[str | None]:
    """A column as Python strings; damaged offsets would otherwise be read out of bounds."""
    column = batch.column(name)
    column.validate(full=True)
    return column.to_pylist()


def _batches(chunk: Chunk, local: str) -> Iterator[pyarrow.RecordBatch]:
    columns = chunk.source.corpus.columns
    names = [columns.source, columns.target]
    if chunk.source.corpus.format == "arrow":
        with _arrow_reader(local) as reader:
            if isinstance(reader, pyarrow.ipc.RecordBatchStreamReader):
                yield from reader
            else:
                yield from map(reader.get_batch, range(reader.num_record_batches))
        return
    groups = list(chunk.starts) or None
    with pyarrow.parquet.ParquetFile(local) as file:
        yield from file.iter_batches(_ROWS, row_groups=groups, columns=names)


@contextmanager
def _arrow_reader(local: str):
    """An Arrow file, or an Arrow stream, whose first bytes differ."""
    with pyarrow.OSFile(local, "rb") as file:
        is_file = file.read(6) == b"ARROW1"
        file.seek(0)
        with pyarrow.ipc.open_file(file) if is_file else pyarrow.ipc.open_stream(file) as reader:
            yield reader


def _check_columns(source: Source, schema: pyarrow.Schema) -> None:
    for name in (source.corpus.columns.source, source.corpus.columns.target):
        if name not in schema.names:
            raise UserError(
                f"{source.paths[0]}: no column is named '{name}' but "
                f"{', '.join(schema.names[:20]) or 'none'}; correct corpora.list: "
                f"{source.corpus.name}.columns."
            )
        kind = schema.field(name).type
        if not (pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind)):
            raise UserError(f"{source.paths[0]}: column '{name}' holds {kind}, not text.")


@contextmanager
def _one_sentence(source: Source) -> Iterator[None]:
    """pyarrow's own exceptions are ValueErrors and OSErrors of many kinds."""
    try:
        yield
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        problem = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise UserError(
            f"{source.paths[0]} is no {source.corpus.format} file or is damaged ({problem}); "
            "write it again."
        ) from error
