"""Word documents (.docx) to blocks: the body with its lists, tables, text boxes, notes, comments and charts.

What was deleted with changes tracked is left out, and so are hidden text, the table of contents (the headings are in
the text) and running heads and feet. A footnote, endnote or comment follows the paragraph or table that it belongs to.
Word files hold no pages: there is a single one.
"""

from collections.abc import Iterator

from ..document import ParsedDocument
from .blocks import Block, assemble, table_row
from .decoding import clean
from .docx_styles import Numberings, Styles, attribute_of
from .office_chart import chart_blocks
from .office_package import OfficePackage, chosen, diagram_texts
from .xml_tree import Element, attribute, child, short_name

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_SKIPPED = frozenset({"w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:sectPr", "w:tblPr", "w:rt", "w:sdtPr", "w:sdtEndPr"})
_SPACES = {"w:tab": " ", "w:ptab": " ", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_FORMULA_SIGNS = {"m:den": "/", "m:sup": "^", "m:sub": "_"}
_NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes", "w:commentReference": "comments"}
_OFF = frozenset({"0", "false", "off"})


def parse_docx(data: bytes, title: str) -> ParsedDocument:
    """Read a Word document. Its title is that of its properties, else its first heading, else ``title``.

    Raises:
        DamagedInput, EncryptedInput, TooLargeInput: see ``zip_container``.
    """
    package = OfficePackage(data)
    blocks = _Body(package, package.main_part("word/document.xml")).read()
    heading = next((block.text for block in blocks if block.level), "")
    return assemble(blocks, package.title() or heading or title, MEDIA_TYPE)


class _Body:
    """Collects the blocks of the main part; items of a list that follow each other are one block."""

    def __init__(self, package: OfficePackage, part: str) -> None:
        self._package = package
        self._part = part
        self._styles = Styles(self._related("styles"))
        self._numberings = Numberings(self._related("numbering"))
        self._notes = {kind: _notes(self._related(kind)) for kind in _NOTES.values()}
        self._blocks: list[Block] = []
        self._items: list[str] = []
        self._behind: list[Block] = []
        self._boxes: list[Element] = []

    def read(self) -> list[Block]:
        body = child(self._package.tree(self._part), "w:body")
        self._read_blocks(() if body is None else body)
        self._close_list()
        return self._blocks

    def _related(self, kind: str) -> Element | None:
        names = self._package.related(self._part, kind)
        return self._package.tree(names[0]) if names else None

    def _read_blocks(self, parent: Element | tuple[()]) -> None:
        for element in parent:
            name = short_name(element.tag)
            if name == "w:p":
                self._read_paragraph(element)
            elif name == "w:tbl":
                self._read_table(element)
            elif name == "mc:AlternateContent":
                branch = chosen(element)
                self._read_blocks(() if branch is None else branch)
            elif name not in _SKIPPED and not _is_contents_list(element):
                self._read_blocks(element)

    def _read_paragraph(self, paragraph: Element) -> None:
        properties = child(paragraph, "w:pPr")
        if self._styles.is_contents(properties):
            return
        text = self._text(paragraph)
        place = self._styles.list_place(properties)
        level = self._styles.heading_level(properties)
        if text:
            marker = self._numberings.marker(place) if place else ""
            if place and not level:
                item = text.replace("\n", " ")
                self._items.append("  " * place.depth + (f"{marker} {item}" if marker else item))
            else:
                self._close_list()
                number = "" if marker in {"", "-"} else f"{marker} "
                self._blocks.append(Block(" ".join((number + text).split()) if level else text, level))
        self._close_paragraph()

    def _read_table(self, table: Element) -> None:
        rows = list(_rows(table))
        cells = [list(_cells(row)) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1 and cells[0][0] is not None:
            self._read_blocks(cells[0][0])
            return
        self._close_list()
        lines = (table_row(self._row(row)) for row in cells)
        self._blocks.append(Block("\n".join(line for line in lines if line)))
        self._close_paragraph()

    def _row(self, cells: list[Element | None]) -> Iterator[str]:
        """Yield the texts of a row; a merged cell has its text once, and empty ones for the other columns."""
        for cell in cells:
            if cell is None:
                yield ""
                continue
            properties = child(cell, "w:tcPr")
            merge = child(properties, "w:vMerge")
            is_below = merge is not None and attribute(merge, "w:val") != "restart"
            yield "" if is_below else self._flat(cell)
            span = attribute_of(properties, "w:gridSpan")
            yield from [""] * (min(int(span), 100) - 1 if span.isdecimal() else 0)

    def _flat(self, element: Element) -> str:
        """Return all paragraphs below an element, those of tables in it too, as one line."""
        return " ".join(filter(None, map(self._text, _paragraphs(element))))

    def _text(self, paragraph: Element) -> str:
        lines = clean("".join(self._pieces(paragraph))).split("\n")
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))

    def _pieces(self, element: Element) -> Iterator[str]:
        for node in element:
            name = short_name(node.tag)
            if name in {"w:t", "m:t"}:
                yield node.text or ""
            elif name in _SPACES:
                yield _SPACES[name]
            elif name in _NOTES:
                self._refer(_NOTES[name], attribute(node, "w:id"))
            elif name == "w:txbxContent":
                self._boxes.append(node)
            elif name in {"c:chart", "dgm:relIds"}:
                self._read_graphic(name, node)
            elif name == "mc:AlternateContent":
                branch = chosen(node)
                yield from self._pieces(branch) if branch is not None else ()
            elif name not in _SKIPPED and not (name == "w:r" and _is_hidden(node)):
                yield _FORMULA_SIGNS.get(name, "")
                yield from self._pieces(node)

    def _refer(self, kind: str, note_id: str) -> None:
        note = self._notes[kind].pop(note_id, None)
        if note is None:
            return
        text = self._flat(note)
        author = attribute(note, "w:author").strip()
        label = f"Comment by {author}" if kind == "comments" and author else kind.removesuffix("s").capitalize()
        self._behind.append(Block(f"{label}: {text}" if text else ""))

    def _read_graphic(self, name: str, node: Element) -> None:
        if name == "c:chart":
            part = self._package.target(self._part, attribute(node, "r:id"))
            self._behind.extend(chart_blocks(self._package.tree(part)) if part else ())
        elif diagram := diagram_texts(self._package, self._part, node):
            self._behind.append(diagram)

    def _close_paragraph(self) -> None:
        """Put what the paragraph or table refers to behind it: text boxes, notes, comments, charts."""
        boxes, self._boxes = self._boxes, []
        behind, self._behind = self._behind, []
        if boxes or behind:
            self._close_list()
        for box in boxes:
            self._read_blocks(box)
            self._close_list()
        self._blocks.extend(behind)

    def _close_list(self) -> None:
        if self._items:
            self._blocks.append(Block("\n".join(self._items)))
            self._items = []


def _notes(root: Element | None) -> dict[str, Element]:
    return {} if root is None else {attribute(note, "w:id"): note for note in root}


def _rows(table: Element) -> Iterator[Element]:
    """Yield the rows that were not deleted, those in content controls and tracked insertions too."""
    for element in table:
        name = short_name(element.tag)
        if name == "w:tr":
            if child(element, "w:trPr", "w:del") is None:
                yield element
        elif name not in _SKIPPED:
            yield from _rows(element)


def _cells(row: Element) -> Iterator[Element | None]:
    """Yield the cells of a row, None for a column that the row leaves out before them."""
    before = attribute_of(child(row, "w:trPr"), "w:gridBefore")
    for _ in range(min(int(before), 100) if before.isdecimal() else 0):
        yield None
    for element in row:
        name = short_name(element.tag)
        if name == "w:tc":
            yield element
        elif name in {"w:sdt", "w:sdtContent", "w:customXml"}:
            yield from _cells(element)


def _paragraphs(element: Element) -> Iterator[Element]:
    for node in element:
        name = short_name(node.tag)
        if name == "w:p":
            yield node
        elif name == "mc:AlternateContent":
            branch = chosen(node)
            yield from _paragraphs(branch) if branch is not None else ()
        elif name not in _SKIPPED:
            yield from _paragraphs(node)


def _is_contents_list(element: Element) -> bool:
    gallery = child(element, "w:sdtPr", "w:docPartObj", "w:docPartGallery")
    return gallery is not None and attribute(gallery, "w:val") == "Table of Contents"


def _is_hidden(run: Element) -> bool:
    hidden = child(run, "w:rPr", "w:vanish")
    return hidden is not None and attribute(hidden, "w:val") not in _OFF
