"""PowerPoint presentations (.pptx) to blocks: a slide is a page, its title a heading, its notes and comments follow.

Slides come in their order, hidden ones too; what stands on a slide comes in the order that screen readers use, the
title first. Slide numbers, dates, feet and the texts of layouts are left out.
"""

from collections.abc import Iterator

from ..document import ParsedDocument
from .blocks import Block, assemble, table_row
from .decoding import clean
from .office_chart import chart_blocks
from .office_package import OfficePackage, chosen, diagram_texts, paragraph_text
from .xml_tree import Element, attribute, child, children, descendants, local_name, short_name

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

_TITLES = {"ctrTitle": 1, "title": 2}
_RUNNING = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})
_LISTED = frozenset({"body", "obj", ""})
_OFF = frozenset({"0", "false"})
_MAX_DEPTH = 100


def parse_pptx(data: bytes, title: str) -> ParsedDocument:
    """Read a presentation. Its title is that of its properties, else that of its first slide, else ``title``.

    Raises:
        DamagedInput, EncryptedInput, TooLargeInput: see ``zip_container``.
    """
    package = OfficePackage(data)
    slides = _slides(package, package.main_part("ppt/presentation.xml"))
    authors = _authors(package)
    blocks = [block for number, part in enumerate(slides, 1) for block in _Slide(package, part, number).read(authors)]
    heading = next((block.text for block in blocks if block.level), "")
    return assemble(blocks, package.title() or heading or title, MEDIA_TYPE, max(len(slides), 1))


def _slides(package: OfficePackage, main: str) -> list[str]:
    listed = children(child(package.tree(main), "p:sldIdLst"), "p:sldId")
    parts = (package.target(main, attribute(slide, "r:id")) for slide in listed)
    return [part for part in parts if part]


def _authors(package: OfficePackage) -> dict[str, str]:
    main = package.main_part("ppt/presentation.xml")
    parts = [*package.related(main, "commentAuthors"), *package.related(main, "authors")]
    return {node.get("id", ""): node.get("name", "") for part in parts for node in package.tree(part)}


class _Slide:
    """Collects the blocks of a slide."""

    def __init__(self, package: OfficePackage, part: str, number: int) -> None:
        self._package = package
        self._part = part
        self._number = number

    def read(self, authors: dict[str, str]) -> list[Block]:
        blocks = list(self._shapes(_shape_tree(self._package.tree(self._part)), 0))
        blocks.sort(key=lambda block: block.level == 0)
        blocks += [*self._notes(), *self._comments(authors)]
        return [Block(block.text, block.level, self._number) for block in blocks if block.text]

    def _shapes(self, tree: Element | None, depth: int) -> Iterator[Block]:
        if tree is None or depth > _MAX_DEPTH:
            return
        for shape in tree:
            name = short_name(shape.tag)
            if name == "p:sp":
                yield from _text_blocks(shape)
            elif name == "p:graphicFrame":
                yield from self._frame(shape)
            elif name == "p:grpSp":
                yield from self._shapes(shape, depth + 1)
            elif name == "mc:AlternateContent":
                yield from self._shapes(chosen(shape), depth + 1)

    def _frame(self, frame: Element) -> Iterator[Block]:
        for table in descendants(frame, "a:tbl"):
            rows = (table_row(_cell_text(cell) for cell in children(row, "a:tc")) for row in children(table, "a:tr"))
            yield Block("\n".join(filter(None, rows)))
        for chart in descendants(frame, "c:chart"):
            part = self._package.target(self._part, attribute(chart, "r:id"))
            yield from chart_blocks(self._package.tree(part)) if part else ()
        if diagram := diagram_texts(self._package, self._part, frame):
            yield diagram

    def _notes(self) -> Iterator[Block]:
        for part in self._package.related(self._part, "notesSlide"):
            shapes = children(_shape_tree(self._package.tree(part)), "p:sp")
            paragraphs = [p for shape in shapes if _kind(shape) not in _RUNNING for p in _paragraphs(shape)]
            if paragraphs:
                yield Block("Notes: " + "\n".join(_lines(paragraphs, listed=False)))

    def _comments(self, authors: dict[str, str]) -> Iterator[Block]:
        for part in self._package.related(self._part, "comments"):
            for comment in self._package.tree(part).iter():
                if local_name(comment) in {"cm", "reply"}:
                    author = authors.get(comment.get("authorId", ""), "")
                    if text := _comment_text(comment):
                        yield Block(f"Comment by {author}: {text}" if author else f"Comment: {text}")


def _shape_tree(root: Element) -> Element | None:
    return child(root, "p:cSld", "p:spTree")


def _text_blocks(shape: Element) -> Iterator[Block]:
    kind = _kind(shape)
    if kind in _RUNNING:
        return
    paragraphs = _paragraphs(shape)
    if kind in _TITLES:
        yield Block(" ".join(map(paragraph_text, paragraphs)), _TITLES[kind])
    else:
        listed = kind in _LISTED and len(paragraphs) > 1
        yield Block("\n".join(_lines(paragraphs, listed)))


def _kind(shape: Element) -> str | None:
    """Return what a placeholder is for, "" where it does not say; nothing for any other shape."""
    placeholder = child(shape, "p:nvSpPr", "p:nvPr", "p:ph")
    return None if placeholder is None else placeholder.get("type", "")


def _paragraphs(shape: Element) -> list[Element]:
    return [p for p in children(child(shape, "p:txBody"), "a:p") if paragraph_text(p)]


def _lines(paragraphs: list[Element], listed: bool) -> Iterator[str]:
    """Yield the paragraphs of a shape, with markers where they are items of a list.

    Args:
        paragraphs: those with text.
        listed: whether items are the layout's habit; else only paragraphs that say so themselves are items.
    """
    counts: dict[int, int] = {}
    for paragraph in paragraphs:
        properties = child(paragraph, "a:pPr")
        level = "0" if properties is None else properties.get("lvl", "0")
        depth = min(int(level), 8) if level.isdecimal() else 0
        counts = {level: count for level, count in counts.items() if level <= depth}
        marker = "- " if listed or depth else ""
        if child(properties, "a:buNone") is not None:
            marker = ""
        elif child(properties, "a:buChar") is not None:
            marker = "- "
        elif child(properties, "a:buAutoNum") is not None:
            counts[depth] = counts.get(depth, 0) + 1
            marker = f"{counts[depth]}. "
        yield "  " * (depth if marker else 0) + marker + paragraph_text(paragraph)


def _cell_text(cell: Element) -> str:
    if "hMerge" in cell.attrib and cell.get("hMerge") not in _OFF:
        return ""
    if "vMerge" in cell.attrib and cell.get("vMerge") not in _OFF:
        return ""
    return " ".join(filter(None, map(paragraph_text, children(child(cell, "a:txBody"), "a:p"))))


def _comment_text(comment: Element) -> str:
    """Return the words of a comment, without those of the replies in it."""
    old = child(comment, "p:text")
    if old is not None:
        return " ".join(clean(old.text or "").split())
    body = next((node for node in comment if local_name(node) == "txBody"), None)
    return "" if body is None else " ".join(filter(None, map(paragraph_text, children(body, "a:p"))))
