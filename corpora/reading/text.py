"""Line-aligned text: line n of one file is translated by line n of the other.

Plain files are cut at lines into chunks that many workers read at once; a compressed file can
only be read from its begin, so it is one chunk.
"""

from collections.abc import Iterator
from itertools import islice

from corpora.reading.records import Chunk, Pair, Source
from corpora.reading.streams import compression, lines
from foundation.errors import UserError

CHUNK_LINES = 20_000


def chunks(source: Source) -> Iterator[Chunk]:
    """Checks both files in one pass over them and cuts them at the same lines.

    Raises UserError: a file cannot be read, is no UTF-8 or empty, or one has more lines.
    """
    seekable = not any(compression(path) for path in source.paths)
    limit = source.corpus.limit
    whole = Chunk(source, (0, 0), 1, limit)
    line, starts = 1, [0, 0]
    sides = [lines(path) for path in source.paths]
    while True:
        size = CHUNK_LINES if limit is None else min(CHUNK_LINES, limit - line + 1)
        blocks = [list(islice(side, size)) for side in sides]
        counts = [
            _checked(path, block, line) for path, block in zip(source.paths, blocks, strict=True)
        ]
        if counts[0] != counts[1]:
            raise _misaligned(source.paths, sides, [line - 1 + count for count in counts])
        if not counts[0]:
            break
        if seekable:
            yield Chunk(source, tuple(starts), line, counts[0])
            starts = [
                start + sum(map(len, block)) for start, block in zip(starts, blocks, strict=True)
            ]
        line += counts[0]
    if line == 1:
        raise UserError(f"{source.paths[0]} is empty; a corpus needs at least one line.")
    if not seekable:
        yield whole


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a chunk, without their line ends.

    Raises UserError: as chunks does, when a file has changed since.
    """
    source = chunk.source
    sides = [lines(path, start) for path, start in zip(source.paths, chunk.starts, strict=True)]
    read_lines = 0
    for pair in islice(zip(*sides, strict=False), chunk.lines):
        number = chunk.first_line + read_lines
        yield source.pair(*_texts(source.paths, pair, number), number)
        read_lines += 1
    if chunk.lines is not None and source.corpus.limit is None and read_lines < chunk.lines:
        raise UserError(f"{source.paths[0]} has become shorter while it was read; run again.")


def _texts(paths: tuple[str, ...], pair: tuple[bytes, ...], number: int) -> list[str]:
    try:
        return [line.removesuffix(b"\n").decode("utf-8") for line in pair]
    except UnicodeDecodeError:
        for path, line in zip(paths, pair, strict=True):
            _checked(path, [line], number)
        raise


def _checked(path: str, block: list[bytes], first: int) -> int:
    """How many lines these are; the whole block is decoded at once, single lines on a fault."""
    try:
        b"".join(block).decode("utf-8")
    except UnicodeDecodeError:
        for number, line in enumerate(block, first):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise not_utf8(path, f"line {number}", line, error) from error
    return len(block)


def not_utf8(path: str, place: str, content: bytes, error: UnicodeDecodeError) -> UserError:
    """The sentence for bytes that are not UTF-8; bytes are counted from 1 within the line."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
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
