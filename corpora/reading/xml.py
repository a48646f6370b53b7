"""Streaming XML safely: no network, no external files, no entities that expand."""

from collections.abc import Iterator

from lxml import etree

from corpora.reading.streams import opened
from foundation.errors import UserError

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def elements(path: str, *tags: str) -> Iterator[tuple[str, etree._Element]]:
    """("start" or "end", element) for every element with one of these local names.

    What has ended is freed after the caller took it, so memory does not grow with the file.
    Raises UserError: the file cannot be read or is no XML; names line and column.
    """
    with opened(path) as stream:
        parser = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=[f"{{*}}{tag}" for tag in tags],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for event, element in parser:
                yield event, element
                if event == "end":
                    _free(element)
        except etree.XMLSyntaxError as error:
            line, column = error.position
            message = " ".join((error.msg or "no element found").split())
            problem = message.partition(" , line ")[0].partition(", line ")[0]
            raise UserError(
                f"{path}, line {line}, column {column}: broken XML: {problem}; mend the file."
            ) from error


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for an entity reference."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def has_entity(element: etree._Element) -> bool:
    """Whether the text refers to an entity of the document's own, which is never resolved."""
    return next(element.iter(etree.Entity), None) is not None


def text_without(element: etree._Element, skipped: frozenset[str]) -> str:
    """The text of an element and of those within it but the skipped ones, whose tails count."""
    parts = [element.text or ""]
    for child in element:
        if local_name(child) not in skipped and isinstance(child.tag, str):
            parts.append(text_without(child, skipped))
        parts.append(child.tail or "")
    return "".join(parts)


def language_matches(tag: str, wanted: str) -> bool:
    """Whether a language tag is the wanted one or a variety of it: en-GB for en."""
    tag, wanted = tag.replace("_", "-").lower(), wanted.replace("_", "-").lower()
    return tag == wanted or tag.startswith(wanted + "-")


def _free(element: etree._Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
