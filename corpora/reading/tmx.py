"""Translation memories (TMX 1.4): units with a variant, or several, in each language.

https://www.gala-global.org/tmx-14b
"""

from collections.abc import Iterator
from itertools import islice, product

from lxml import etree

from corpora.reading.records import Chunk, Pair, Source
from corpora.reading.streams import opened
from corpora.reading.xml import (
    XML_LANG,
    elements,
    has_entity,
    language_matches,
    local_name,
    text_without,
)
from foundation.errors import UserError

# Elements whose content is the code of a formatting, not text.
_CODE = frozenset({"bpt", "ept", "ph", "it", "ut"})


def chunks(source: Source) -> Iterator[Chunk]:
    """The file as one chunk."""
    with opened(source.paths[0]):
        yield Chunk(source, lines=source.corpus.limit)


def read(chunk: Chunk) -> Iterator[Pair]:
    """The pairs of a file: every variant of the source with every variant of the target.

    A unit without one of the languages is a fault. The number of a pair is that of its unit.
    Raises UserError: broken XML, or no unit at all.
    """
    return islice(_pairs(chunk.source), chunk.lines)


def _pairs(source: Source) -> Iterator[Pair]:
    [path] = source.paths
    number = 0
    for event, unit in elements(path, "tu"):
        if event == "end":
            number += 1
            yield from _unit_pairs(source, unit, number)
    if not number:
        raise UserError(f"{path} holds no translation unit <tu>; a TMX file has at least one.")


def _unit_pairs(source: Source, unit: etree._Element, number: int) -> Iterator[Pair]:
    languages = (source.languages.source, source.languages.target)
    sides = [_variants(unit, language) for language in languages]
    missing = [code for code, side in zip(languages, sides, strict=True) if not side]
    if has_entity(unit):
        yield source.pair("", "", number, "an entity of the file's own")
    elif missing:
        legible = [side[0] if side else "" for side in sides]
        yield source.pair(*legible, number, f"no {' and no '.join(missing)} variant")
    else:
        for left, right in product(*sides):
            yield source.pair(left, right, number)


def _variants(unit: etree._Element, language: str) -> list[str]:
    """The texts of a unit in a language; the segments of a variant belong together."""
    return [
        " ".join(text_without(seg, _CODE) for seg in variant if local_name(seg) == "seg")
        for variant in unit
        if local_name(variant) == "tuv"
        and language_matches(variant.get(XML_LANG) or variant.get("lang") or "", language)
    ]
