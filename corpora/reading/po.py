"""GNU gettext catalogues: messages, with their plurals where a language has two forms."""

from collections.abc import Iterator
from itertools import islice

import polib

from corpora.reading.records import Chunk, Pair, Source
from corpora.reading.streams import local_copy, opened
from foundation.errors import UserError


def chunks(source: Source) -> Iterator[Chunk]:
    """The file as one chunk."""
    with opened(source.paths[0]):
        yield Chunk(source, lines=source.corpus.limit)


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a file; fuzzy and obsolete messages are faults.

    Raises UserError: the file is no catalogue, or has no message.
    """
    source = chunk.source
    catalogue = _catalogue(source.paths[0])
    if not len(catalogue):
        raise UserError(f"{source.paths[0]} holds no message; a corpus needs at least one.")
    return islice(_pairs(source, catalogue), chunk.lines)


def _pairs(source: Source, catalogue: polib.POFile) -> Iterator[Pair]:
    for entry in catalogue:
        line = entry.linenum or 1  # polib leaves that of the first line at 0
        fault = "obsolete" if entry.obsolete else "fuzzy" if entry.fuzzy else ""
        if not entry.msgid_plural:
            yield source.pair(entry.msgid, entry.msgstr, line, fault)
            continue
        forms = [entry.msgstr_plural[key] for key in sorted(entry.msgstr_plural)]
        if len(forms) != 2:
            # With other than two forms, which one translates which message is not told.
            fault = fault or f"{len(forms)} plural forms"
        for message, form in zip((entry.msgid, entry.msgid_plural), forms, strict=False):
            yield source.pair(message, form, line, fault)


def _catalogue(path: str) -> polib.POFile:
    with local_copy(path) as local:
        try:
            return polib.pofile(local, check_for_duplicates=False)
        except (OSError, UnicodeDecodeError, LookupError, ValueError, AttributeError) as error:
            # polib tells of faults in many ways; its own begin with the file's name.
            words = str(error).removeprefix("Syntax error in po file ").replace(local, "").split()
            raise UserError(
                f"{path} is no gettext catalogue ({' '.join(words)}); mend it, as msgfmt -c says."
            ) from error
