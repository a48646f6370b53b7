"""Files of lines: one, or several whose lines belong together.

Plain files are cut at lines into chunks that many workers read at once; a compressed file can
only be read from its begin, so it is one chunk.
"""

import codecs
from collections.abc import Iterator
from itertools import islice

from corpora.reading.records import Chunk, Source
from corpora.reading.streams import compression, opened
from foundation.errors import UserError

CHUNK_LINES = 20_000


def chunks(source: Source) -> Iterator[Chunk]:
    """Checks the files in one pass over them and cuts them at the same lines.

    Raises UserError: a file cannot be read, is no UTF-8 or empty, or one has more lines.
    """
    seekable = not any(compression(path) for path in source.paths)
    limit = source.corpus.limit
    sides = [_lines(path) for path in source.paths]
    line, starts = 1, (0,) * len(sides)
    while True:
        size = CHUNK_LINES if limit is None else min(CHUNK_LINES, limit - line + 1)
        blocks = [list(islice(side, size)) for side in sides]
        for path, block in zip(source.paths, blocks, strict=True):
            _check_utf8(path, block, line)
        count = len(blocks[0])
        if any(len(block) != count for block in blocks):
            seen = [line - 1 + len(block) for block in blocks]
            raise _misaligned(source.paths, sides, seen)
        if not count:
            break
        if seekable:
            yield Chunk(source, starts, line, count)
            starts = tuple(
                start + sum(map(len, block)) for start, block in zip(starts, blocks, strict=True)
            )
        line += count
    if line == 1:
        raise UserError(f"{source.paths[0]} is empty; a corpus needs at least one line.")
    if not seekable:
        yield Chunk(source, starts, 1, line - 1)


def numbered(chunk: Chunk) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The number of each line of a chunk and its text in each file, without line ends.

    Raises UserError: a file is not what it was when it was cut into chunks.
    """
    paths = chunk.source.paths
    sides = [_lines(path, start) for path, start in zip(paths, chunk.starts, strict=True)]
    number = chunk.first_line
    for number, texts in enumerate(
        islice(zip(*sides, strict=False), chunk.lines), chunk.first_line
    ):
        try:
            yield number, tuple([_text(line) for line in texts])
        except UnicodeDecodeError as error:
            raise UserError(f"{paths[0]} has changed while it was read; run again.") from error
    if number != chunk.first_line + chunk.lines - 1:
        raise UserError(f"{paths[0]} has become shorter while it was read; run again.")


def first_line(path: str) -> str:
    """The first line of a file, as a header.

    Raises UserError: the file cannot be read or is no UTF-8.
    """
    block = list(islice(_lines(path), 1))
    _check_utf8(path, block, 1)
    return _text(block[0]) if block else ""


def _lines(path: str, start: int = 0) -> Iterator[bytes]:
    """Lines with their ends. Only line feeds end a line; Unicode's others stand in sentences."""
    with opened(path) as stream:
        if start:
            stream.seek(start)
        yield from stream


def _text(line: bytes) -> str:
    """A line without its end; a byte order mark, which only a file's first line has, goes too."""
    if line.startswith(codecs.BOM_UTF8):
        line = line[3:]
    if line.endswith(b"\n"):
        line = line[:-2] if line.endswith(b"\r\n") else line[:-1]
    return line.decode("utf-8")


def _check_utf8(path: str, block: list[bytes], first: int) -> None:
    """Decodes the whole block at once, and single lines only to find where the fault is."""
    try:
        b"".join(block).decode("utf-8")
    except UnicodeDecodeError:
        for number, line in enumerate(block, first):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise not_utf8(path, f"line {number}", line, error) from error


def not_utf8(path: str, place: str, content: bytes, error: UnicodeDecodeError) -> UserError:
    """The sentence for bytes that are not UTF-8; bytes are counted from 1 within the line."""
    # Only at the begin of a file are these bytes the mark of UTF-16.
    if place == "line 1" and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UserError(f"{path} is UTF-16; convert it, as by iconv -f UTF-16 -t UTF-8.")
    return UserError(
        f"{path}, {place}, byte {error.start + 1}: 0x{content[error.start]:02x} is not UTF-8; "
        "mend the line, or convert the file, as by iconv -f ISO-8859-1 -t UTF-8."
    )


def _misaligned(
    paths: tuple[str, ...], sides: list[Iterator[bytes]], counts: list[int]
) -> UserError:
    totals = [count + sum(1 for _ in side) for count, side in zip(counts, sides, strict=True)]
    return UserError(
        f"{paths[0]} has {totals[0]} lines and {paths[1]} has {totals[1]}; "
        "line n of one must translate line n of the other."
    )
