"""Parses XML that nobody vouches for: no entities, no network, no giant trees. Knows no format's elements."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Protocol, TypeAlias

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (lxml ships no types)

from ..errors import DamagedInput

Element: TypeAlias = etree._Element
"""An element of a tree, as lxml has it."""

# Office Open XML has two sets of namespaces (transitional and strict); both get the same prefixes.
_PREFIXES: Mapping[str, str] = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/presentationml/2006/main": "p",
    "http://purl.oclc.org/ooxml/presentationml/main": "p",
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "x",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "x",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "http://purl.oclc.org/ooxml/drawingml/chart": "c",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm",
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": "xdr",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing": "xdr",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.idpf.org/2007/opf": "opf",
    "http://www.idpf.org/2007/ops": "epub",
    "urn:oasis:names:tc:opendocument:xmlns:container": "ocf",
    "http://www.w3.org/2001/04/xmlenc#": "enc",
    "http://www.daisy.org/z3986/2005/ncx/": "ncx",
    "http://www.w3.org/1999/xhtml": "h",
    "http://www.w3.org/1999/xlink": "xlink",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0": "presentation",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0": "manifest",
}


class ReadsBytes(Protocol):
    """What XML is read from piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes; none at the end."""
        ...


def parse_tree(data: bytes) -> Element:
    """Return the root of an XML document.

    Raises:
        DamagedInput: it is no well-formed XML, or nests deeper or holds longer texts than libxml2 allows.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedInput(f"A part of the document is not well-formed XML: {error}") from error
    return root


def stream_elements(source: ReadsBytes, local_name: str) -> Iterator[Element]:
    """Yield each element of a local name when it is complete, and forget it and all before it afterwards.

    Raises:
        DamagedInput: as ``parse_tree``.
    """
    try:
        events = etree.iterparse(
            source, tag="{*}" + local_name, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for _, element in events:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise DamagedInput(f"A part of the document is not well-formed XML: {error}") from error


@lru_cache(maxsize=4096)
def short_name(tag: object) -> str:
    """Return a tag or attribute as "prefix:name" for a namespace that is known here, else only its local name."""
    if not isinstance(tag, str):
        return ""
    namespace, brace, local = tag.rpartition("}")
    prefix = _PREFIXES.get(namespace[1:]) if brace else None
    return f"{prefix}:{local}" if prefix else local


def attribute(element: Element, name: str, default: str = "") -> str:
    """Return an attribute by its short name."""
    for key, value in element.attrib.items():
        if short_name(key) == name:
            return str(value)
    return default


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first child by its short name, or that child's child, and so on."""
    for name in path:
        if element is None:
            return None
        element = next((node for node in element if short_name(node.tag) == name), None)
    return element


def children(element: Element | None, name: str) -> list[Element]:
    """Return the children of a short name."""
    return [] if element is None else [node for node in element if short_name(node.tag) == name]


def descendants(element: Element, name: str) -> Iterator[Element]:
    """Yield the elements of a short name below an element, in document order."""
    return (node for node in element.iter() if short_name(node.tag) == name)


def as_html(root: Element) -> bytes:
    """Return a tree of XHTML as HTML in UTF-8, where an empty element is not taken for an open one."""
    etree.cleanup_namespaces(root)
    return etree.tostring(root, method="html", encoding="utf-8")


def local_name(element: Element) -> str:
    """Return an element's name without its namespace; that of a comment or entity is empty."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
