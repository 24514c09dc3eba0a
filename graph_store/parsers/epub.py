"""EPUB books to blocks: each document of the reading order is a page, read as HTML. Owns the package, not the pages.

Left out: the navigation, what the book declares as its cover or contents, and links back from notes. Where a chapter
has no heading of its own, its name in the contents becomes one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.entities import html5
from urllib.parse import unquote

from ..document import ParsedDocument
from ..errors import DamagedInput, EncryptedInput
from .blocks import Block, assemble
from .decoding import clean
from .html import parse_html
from .xml_tree import Element, as_html, attribute, child, descendants, local_name, parse_tree
from .zip_container import ZipContainer, resolve

MEDIA_TYPE = "application/epub+zip"

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_ALGORITHMS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_PAGE_TYPES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_NOT_READ = frozenset({"cover", "toc"})
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
# HTML pages put menus in these; books put notes and signatures there.
_KEPT = frozenset({"aside", "footer"})
_FIRST_BLOCKS = 3


def parse_epub(data: bytes, title: str) -> ParsedDocument:
    """Read a book. Its title is that of its metadata, else ``title``.

    Raises:
        EncryptedInput: its pages are encrypted (copy protection).
        DamagedInput, TooLargeInput: see ``zip_container``.
    """
    book = _Book(ZipContainer(data))
    pages = book.pages()
    blocks = [replace(block, page=number) for number, page in enumerate(pages, 1) for block in book.blocks(page)]
    return assemble(blocks, book.title() or title, MEDIA_TYPE, max(len(pages), 1))


class _Book:
    """A book's package: what it lists, in which order, and what it says of it."""

    def __init__(self, container: ZipContainer) -> None:
        self._container = container
        root_file = next(descendants(container.tree(_CONTAINER), "ocf:rootfile"), None)
        if root_file is None:
            raise DamagedInput("The book does not say where its list of contents is.")
        self._name = resolve("", unquote(root_file.get("full-path", "")))
        self._package = container.tree(self._name)
        self._items = {item.get("id", ""): item for item in descendants(self._package, "opf:item")}
        self._labels = dict(self._contents())

    def title(self) -> str:
        named = next(descendants(self._package, "dc:title"), None)
        return "" if named is None else " ".join(clean("".join(map(str, named.itertext()))).split())

    def pages(self) -> list[str]:
        """Return the members that are read, in the reading order.

        Raises:
            EncryptedInput: one of them is encrypted.
        """
        skipped = {self._member(ref) for ref in descendants(self._package, "opf:reference") if _is_skipped(ref)}
        listed = (self._items.get(ref.get("idref", "")) for ref in descendants(self._package, "opf:itemref"))
        pages = [
            self._member(item)
            for item in listed
            if item is not None
            and item.get("media-type") in _PAGE_TYPES
            and "nav" not in item.get("properties", "").split()
        ]
        if self._encrypted().intersection(pages):
            raise EncryptedInput(
                "This book is encrypted: it has copy protection.", hint="Add a copy without copy protection."
            )
        return [page for page in dict.fromkeys(pages) if page not in skipped]

    def blocks(self, page: str) -> list[Block]:
        """Return the blocks of a page, with a heading."""
        read = parse_html(_as_html(self._container.read(page)), "")
        levels = {heading.span.start: heading.level for heading in read.headings}
        blocks: list[Block] = []
        offset = 0
        for text in read.text.split("\n\n"):
            blocks.append(Block(text, levels.get(offset, 0)))
            offset += len(text) + 2
        return blocks if levels or not read.text else _headed(blocks, self._labels.get(page, ""))

    def _member(self, item: Element) -> str:
        return resolve(self._name, unquote(item.get("href", "").partition("#")[0]))

    def _encrypted(self) -> set[str]:
        if _ENCRYPTION not in self._container:
            return set()
        found: set[str] = set()
        for entry in descendants(self._container.tree(_ENCRYPTION), "enc:EncryptedData"):
            method = child(entry, "enc:EncryptionMethod")
            if method is None or method.get("Algorithm") not in _FONT_ALGORITHMS:
                found.update(
                    resolve("", unquote(ref.get("URI", ""))) for ref in descendants(entry, "enc:CipherReference")
                )
        return found

    def _contents(self) -> Iterator[tuple[str, str]]:
        """Yield (page, name) of the contents that name a page as a whole."""
        for item in self._items.values():
            member = self._member(item)
            if member not in self._container:
                continue
            if "nav" in item.get("properties", "").split():
                links = descendants(parse_tree(_numeric(self._container.read(member))), "h:a")
                pairs = [(link.get("href", ""), "".join(map(str, link.itertext()))) for link in links]
            elif item.get("media-type") == "application/x-dtbncx+xml":
                pairs = list(map(_point, descendants(self._container.tree(member), "ncx:navPoint")))
            else:
                continue
            for target, name in pairs:
                if target and "#" not in target:
                    yield resolve(member, unquote(target)), " ".join(clean(name).split())


def _point(point: Element) -> tuple[str, str]:
    content, label = child(point, "ncx:content"), child(point, "ncx:navLabel", "ncx:text")
    return ("" if content is None else content.get("src", "")), ("" if label is None else label.text or "")


def _is_skipped(reference: Element) -> bool:
    return reference.get("type", "").lower() in _NOT_READ


def _headed(blocks: list[Block], name: str) -> list[Block]:
    """Make the first block that says the page's name a heading, or put the name before the blocks."""
    if not name:
        return blocks
    for index, block in enumerate(blocks[:_FIRST_BLOCKS]):
        if " ".join(block.text.split()).casefold() == name.casefold():
            return [*blocks[:index], Block(name, 1), *blocks[index + 1 :]]
    return [Block(name, 1), *blocks]


def _as_html(data: bytes) -> bytes:
    """Return a page as HTML that says the same: XML's empty elements are closed, and notes are kept.

    A page that is no well-formed XML is handed on as it is.
    """
    try:
        root = parse_tree(_numeric(data))
    except DamagedInput:
        return data
    for element in [node for node in root.iter() if local_name(node)]:
        kinds = attribute(element, "epub:type").split()
        if "pagebreak" in kinds or "backlink" in kinds or element.get("role") == "doc-backlink":
            _empty(element)
        if "noteref" in kinds and (element.text or "").strip().isdigit() and not len(element):
            element.text = f"[{(element.text or '').strip()}]"
        element.tag = "div" if local_name(element) in _KEPT else local_name(element)
    return as_html(root)


def _empty(element: Element) -> None:
    for node in list(element):
        element.remove(node)
    element.text = None


def _numeric(data: bytes) -> bytes:
    """Return XML with HTML's named characters as numbers: no list of them is loaded for a page."""
    return _ENTITY.sub(_number, data)


def _number(found: re.Match[bytes]) -> bytes:
    character = html5.get(f"{found[1].decode('ascii')};")
    if character is None or found[1] in _XML_ENTITIES:
        return found[0]
    return "".join(f"&#{ord(letter)};" for letter in character).encode("ascii")
