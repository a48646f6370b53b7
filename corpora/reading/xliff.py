"""XLIFF 1.2 (trans-unit) and 2.0 (segment).

https://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html
https://docs.oasis-open.org/xliff/xliff-core/v2.0/xliff-core-v2.0.html
"""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from corpora.reading.records import Chunk, Pair, Source
from corpora.reading.streams import opened
from corpora.reading.xml import (
    elements,
    has_entity,
    language_matches,
    local_name,
    text_without,
)
from foundation.errors import UserError

# Elements whose content is the code of a formatting, not text.
_CODE = frozenset({"bpt", "ept", "ph", "it", "x", "bx", "ex", "sc", "ec", "cp"})
_LANGUAGES = {"file": ("source-language", "target-language"), "xliff": ("srcLang", "trgLang")}
_UNITS = frozenset({"trans-unit", "segment"})


def chunks(source: Source) -> Iterator[Chunk]:
    """The file as one chunk."""
    with opened(source.paths[0]):
        yield Chunk(source, lines=source.corpus.limit)


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a file, numbered by unit; a unit without a translation is a fault.

    Raises UserError: broken XML, other languages than the configured ones, or no unit at all.
    """
    return islice(_pairs(chunk.source), chunk.lines)


def _pairs(source: Source) -> Iterator[Pair]:
    [path] = source.paths
    number = 0
    for event, element in elements(path, "xliff", "file", *_UNITS):
        name = local_name(element)
        if event == "start" and name in _LANGUAGES:
            _check_languages(source, element, _LANGUAGES[name])
        elif event == "end" and name in _UNITS:
            number += 1
            yield _unit_pair(source, element, number)
    if not number:
        raise UserError(
            f"{path} holds no <trans-unit> and no <segment>; an XLIFF file has at least one."
        )


def _unit_pair(source: Source, unit: etree._Element, number: int) -> Pair:
    texts = {local_name(child): text_without(child, _CODE) for child in unit}
    left, right = texts.get("source", ""), texts.get("target", "")
    if has_entity(unit):
        return source.pair("", "", number, "an entity of the file's own")
    missing = [side for side in ("source", "target") if side not in texts]
    return source.pair(left, right, number, f"no {' and no '.join(missing)}" if missing else "")


def _check_languages(source: Source, element: etree._Element, attributes: tuple[str, str]) -> None:
    wanted = (source.languages.source, source.languages.target)
    for attribute, language in zip(attributes, wanted, strict=True):
        declared = element.get(attribute)
        if declared is not None and not language_matches(declared, language):
            raise UserError(
                f"{source.paths[0]}: {attribute} is {declared}, not {language}; give this corpus "
                f"its own languages under corpora.list: {source.corpus.name}.languages."
            )
