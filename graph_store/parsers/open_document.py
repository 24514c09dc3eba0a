"""OpenDocument texts, sheets and presentations (.odt, .ods, .odp) to blocks. Sheets and slides are pages.

What was deleted with changes tracked is left out, and so are hidden text, tables of contents, and running heads and
feet. A note or comment follows the paragraph or table that it belongs to. Texts have a single page.
"""

from collections.abc import Iterator

from ..document import ParsedDocument
from ..errors import DamagedInput, EncryptedInput, TooLargeInput
from .blocks import Block, assemble, table_row
from .decoding import clean
from .odf_styles import OdfStyles
from .sheet_tables import SheetRow, sheet_blocks
from .xml_tree import Element, attribute, child, children, descendants, short_name
from .zip_container import ZipContainer

MEDIA_TYPES = {
    "office:text": "application/vnd.oasis.opendocument.text",
    "office:spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
    "office:presentation": "application/vnd.oasis.opendocument.presentation",
}

MAX_CELLS = 1_000_000
"""The most filled cells that are read of a file."""

_MANIFEST = "META-INF/manifest.xml"
# fmt: off
_SKIPPED = frozenset({
    "text:tracked-changes", "text:table-of-content", "text:illustration-index", "text:table-index", "text:object-index",
    "text:user-index", "text:sequence-decls", "text:variable-decls", "text:user-field-decls", "office:forms",
    "text:note-citation", "text:ruby-text", "text:hidden-text", "text:hidden-paragraph", "title", "desc",
    "presentation:notes", "office:event-listeners", "draw:object", "draw:image", "table:shapes",
})
# fmt: on
_BLANKS = {"text:tab": " ", "text:line-break": "\n"}
_RUNNING = frozenset({"page-number", "date-time", "footer", "header"})
_MAX_COLUMNS = 20_000


def parse_open_document(data: bytes, title: str) -> ParsedDocument:
    """Read a text, sheets or a presentation.

    Its title is that of its properties, else its first heading, else ``title``.

    Raises:
        DamagedInput, EncryptedInput, TooLargeInput: see ``zip_container``; too large is also one with more than
            ``MAX_CELLS`` cells.
    """
    container = ZipContainer(data)
    if _MANIFEST in container and [*descendants(container.tree(_MANIFEST), "manifest:encryption-data")]:
        raise EncryptedInput("This document is encrypted and needs a password.")
    content = container.tree("content.xml")
    body = child(content, "office:body")
    main = next((node for node in (() if body is None else body) if short_name(node.tag) in MEDIA_TYPES), None)
    if main is None:
        raise DamagedInput("The document has no text, sheets or slides.")
    kind = short_name(main.tag)
    styles = OdfStyles([content, *([container.tree("styles.xml")] if "styles.xml" in container else [])])
    pages = {"office:text": _text_pages, "office:spreadsheet": _sheet_pages, "office:presentation": _slide_pages}[kind]
    blocks, page_count = pages(main, styles)
    heading = next((block.text for block in blocks if block.level), "") if kind != "office:spreadsheet" else ""
    return assemble(blocks, _title(container) or heading or title, MEDIA_TYPES[kind], max(page_count, 1))


def _title(container: ZipContainer) -> str:
    if "meta.xml" not in container:
        return ""
    named = next(descendants(container.tree("meta.xml"), "dc:title"), None)
    return "" if named is None else " ".join(clean(named.text or "").split())


def _text_pages(main: Element, styles: OdfStyles) -> tuple[list[Block], int]:
    return _Text(styles, 1).read(main), 1


def _slide_pages(main: Element, styles: OdfStyles) -> tuple[list[Block], int]:
    slides = children(main, "draw:page")
    return [block for number, slide in enumerate(slides, 1) for block in _slide(slide, styles, number)], len(slides)


def _slide(slide: Element, styles: OdfStyles, number: int) -> list[Block]:
    blocks = _Text(styles, number).read(slide)
    blocks.sort(key=lambda block: block.level == 0)
    notes = child(slide, "presentation:notes")
    said = [] if notes is None else [block.text for block in _Text(styles, number).read(notes)]
    return [*blocks, Block("Notes: " + "\n".join(said), page=number)] if said else blocks


def _sheet_pages(main: Element, styles: OdfStyles) -> tuple[list[Block], int]:
    sheets = children(main, "table:table")
    room = MAX_CELLS
    blocks: list[Block] = []
    for number, sheet in enumerate(sheets, 1):
        text = _Text(styles, number)
        rows = list(text.sheet_rows(sheet, room))
        room -= sum(len(row.cells) for row in rows)
        found = [*sheet_blocks(rows, number), *text.behind()]
        blocks += [Block(attribute(sheet, "table:name"), 1, number), *found] if found else []
    return blocks, len(sheets)


class _Text:
    """Collects blocks of a page; items of a list are one block."""

    def __init__(self, styles: OdfStyles, page: int) -> None:
        self._styles = styles
        self._page = page
        self._blocks: list[Block] = []
        self._behind: list[str] = []
        self._boxes: list[Element] = []
        self._counts: dict[tuple[str, int], int] = {}

    def read(self, parent: Element) -> list[Block]:
        """Return the blocks below an element, in order."""
        self._read_blocks(parent)
        return [block for block in self._blocks if block.text]

    def behind(self) -> list[Block]:
        """Return the notes and comments that were met and not yet put behind a block."""
        self._close()
        return self._blocks

    def sheet_rows(self, sheet: Element, room: int) -> Iterator[SheetRow]:
        """Yield the rows of a sheet that have text.

        Raises:
            TooLargeInput: more than ``room`` cells have text.
        """
        number = 0
        for row in _rows(sheet):
            times = _times(row, "table:number-rows-repeated")
            cells = self._sheet_cells(row)
            for _ in range(times if cells else 0):
                room -= len(cells)
                if room < 0:
                    raise TooLargeInput(
                        f"The sheets have more than {MAX_CELLS:,} filled cells.",
                        hint="Save the sheets that matter as a file of their own, and add that.",
                    )
                yield SheetRow(number, cells)
                number += 1
            number += 0 if cells else times

    def _sheet_cells(self, row: Element) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = 0
        for cell in _cells(row):
            times = _times(cell, "table:number-columns-repeated")
            text = self._cell(cell)
            if text:
                cells.update(dict.fromkeys(range(column, column + min(times, _MAX_COLUMNS)), text))
            column += times
        return cells

    def _read_blocks(self, parent: Element) -> None:
        for element in parent:
            name = short_name(element.tag)
            if name in {"text:p", "text:h"}:
                self._add(self._line(element), self._styles.heading_level(element))
            elif name in {"text:list", "text:numbered-paragraph"}:
                self._add("\n".join(self._items(element, attribute(element, "text:style-name"), 0)))
            elif name == "table:table":
                self._read_table(element)
            elif name == "draw:frame" and attribute(element, "presentation:class") == "title":
                self._add(self._cell(element), 2)
            elif name not in _SKIPPED and attribute(element, "presentation:class") not in _RUNNING:
                self._read_blocks(element)

    def _add(self, text: str, level: int = 0) -> None:
        self._blocks.append(Block(" ".join(text.split()) if level else text, level, self._page))
        self._close()

    def _close(self) -> None:
        """Put text boxes, notes and comments behind the block that they belong to."""
        boxes, self._boxes = self._boxes, []
        behind, self._behind = self._behind, []
        for box in boxes:
            self._read_blocks(box)
        self._blocks.extend(Block(text, page=self._page) for text in behind)

    def _read_table(self, table: Element) -> None:
        rows = [_cells(row) for row in _rows(table)]
        if len(rows) == 1 and len(rows[0]) == 1:
            self._read_blocks(rows[0][0])
            return
        lines = (table_row(map(self._cell, row)) for row in rows)
        self._add("\n".join(line for line in lines if line))

    def _cell(self, cell: Element) -> str:
        """Return what a cell or box shows as one line; a cell that another one covers shows nothing."""
        if short_name(cell.tag) == "table:covered-table-cell":
            return ""
        return " ".join(filter(None, (self._line(node).replace("\n", " ") for node in self._paragraphs(cell))))

    def _paragraphs(self, parent: Element) -> Iterator[Element]:
        for node in parent:
            name = short_name(node.tag)
            if name in {"text:p", "text:h"}:
                yield node
            elif name == "office:annotation":
                self._note(name, node)
            elif name not in _SKIPPED and name != "table:covered-table-cell":
                yield from self._paragraphs(node)

    def _items(self, part: Element, style: str, depth: int) -> Iterator[str]:
        if attribute(part, "text:continue-numbering") != "true":
            self._counts.pop((style, depth), None)
        for item in part:
            marker = self._marker(item, style, depth)
            for node in item:
                name = short_name(node.tag)
                if name == "text:list":
                    yield from self._items(node, attribute(node, "text:style-name") or style, depth + 1)
                elif line := self._line(node).replace("\n", " ") if name in {"text:p", "text:h"} else self._cell(node):
                    yield "  " * depth + marker + line
                    marker = "  " if marker else ""

    def _marker(self, item: Element, style: str, depth: int) -> str:
        if short_name(item.tag) != "text:list-item":
            return ""
        start = attribute(item, "text:start-value")
        key = (style, depth)
        self._counts[key] = int(start) if start.isdecimal() else self._counts.get(key, 0) + 1
        return self._styles.marker(style, depth, self._counts[key])

    def _line(self, paragraph: Element) -> str:
        lines = clean("".join(self._pieces(paragraph))).split("\n")
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))

    def _pieces(self, element: Element) -> Iterator[str]:
        yield (element.text or "").replace("\n", " ")
        for node in element:
            name = short_name(node.tag)
            if name in _BLANKS:
                yield _BLANKS[name]
            elif name == "text:s":
                yield " "
            elif name in {"text:note", "office:annotation"}:
                self._note(name, node)
            elif name.startswith("draw:") and name != "draw:a":
                self._boxes.append(node)
            elif name not in _SKIPPED:
                yield from self._pieces(node)
            yield (node.tail or "").replace("\n", " ")

    def _note(self, name: str, note: Element) -> None:
        if name == "text:note":
            label = attribute(note, "text:note-class").capitalize() or "Note"
        else:
            author = child(note, "dc:creator")
            by = " ".join((author.text or "").split()) if author is not None else ""
            label = f"Comment by {by}" if by else "Comment"
        if text := self._cell(note):
            self._behind.append(f"{label}: {text}")


def _rows(table: Element) -> Iterator[Element]:
    for element in table:
        name = short_name(element.tag)
        if name == "table:table-row":
            yield element
        elif name in {"table:table-header-rows", "table:table-rows", "table:table-row-group"}:
            yield from _rows(element)


def _cells(row: Element) -> list[Element]:
    return [node for node in row if short_name(node.tag) in {"table:table-cell", "table:covered-table-cell"}]


def _times(element: Element, name: str) -> int:
    times = attribute(element, name)
    return max(int(times), 1) if times.isdecimal() and len(times) < 9 else 1
