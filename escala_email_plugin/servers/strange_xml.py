"""XML of strangers: no document type, so no entities; little depth."""

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

DEEPEST = 20


class BadXml(ValueError):
    """It is no XML, or more of it than is read."""


def parsed(document: bytes) -> Element:
    """The root element. Raises BadXml for what is not well-formed, is deep, or has a document type.

    Without a document type there are only XML's own five entities, and nothing to expand or to fetch.
    """
    builder, depth = TreeBuilder(), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BadXml
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*args: Any) -> None:
        raise BadXml

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise BadXml from None
    return builder.close()
