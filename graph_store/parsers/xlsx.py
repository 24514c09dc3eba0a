"""Excel workbooks (.xlsx) to blocks: a sheet is a page, its name a heading, its rows follow as tables.

Cells have the text that is seen: kept results of formulas, numbers and dates in their format. Hidden sheets and rows
are read too. Comments, text boxes and the titles of charts follow the rows; a chart's values are in the sheets.
"""

import re
from collections.abc import Iterator

from ..document import ParsedDocument
from ..errors import TooLargeInput
from .blocks import Block, assemble
from .decoding import clean
from .number_format import BUILT_IN_CODES, shown_number
from .office_chart import chart_title
from .office_package import OfficePackage, paragraph_text
from .sheet_tables import SheetRow, sheet_blocks
from .xml_tree import Element, attribute, child, children, descendants, local_name, short_name, stream_elements

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_CELLS = 1_000_000
"""The most filled cells that are read of a workbook."""

_MAX_SHEET_BYTES = 800_000_000
_CELL_NAME = re.compile(r"([A-Z]{1,3})(\d*)")
_BOOLEANS = {"1": "TRUE", "0": "FALSE"}


def parse_xlsx(data: bytes, title: str) -> ParsedDocument:
    """Read a workbook. Its title is that of its properties, else ``title``.

    Raises:
        DamagedInput, EncryptedInput, TooLargeInput: see ``zip_container``; too large is also one with more than
            ``MAX_CELLS`` cells.
    """
    workbook = _Workbook(OfficePackage(data))
    sheets = workbook.sheets()
    blocks = [block for number, (name, part) in enumerate(sheets, 1) for block in workbook.blocks(name, part, number)]
    return assemble(blocks, workbook.title() or title, MEDIA_TYPE, max(len(sheets), 1))


class _Workbook:
    """What the sheets of a workbook share: strings, formats and the count of cells."""

    def __init__(self, package: OfficePackage) -> None:
        self._package = package
        self._main = package.main_part("xl/workbook.xml")
        self._root = package.tree(self._main)
        properties = child(self._root, "x:workbookPr")
        self._from_1904 = properties is not None and properties.get("date1904") in {"1", "true", "on"}
        self._strings = self._read_strings()
        self._codes = self._read_codes()
        self._cell_count = 0

    def title(self) -> str:
        return self._package.title()

    def sheets(self) -> list[tuple[str, str]]:
        """Return (name, part) of the sheets, in their order."""
        listed = children(child(self._root, "x:sheets"), "x:sheet")
        found = (
            (sheet.get("name", ""), self._package.target(self._main, attribute(sheet, "r:id"))) for sheet in listed
        )
        return [(" ".join(clean(name).split()), part) for name, part in found if part]

    def blocks(self, name: str, part: str, number: int) -> list[Block]:
        texts = [*self._comments(part), *self._drawn(part)]
        blocks = [*sheet_blocks(self._rows(part), number), *(Block(text, page=number) for text in texts)]
        return [Block(name, 1, number), *blocks] if any(block.text for block in blocks) else []

    def _read_strings(self) -> list[str]:
        strings: list[str] = []
        for part in self._package.related(self._main, "sharedStrings"):
            with self._package.container.open(part) as source:
                strings.extend(_rich_text(item) for item in stream_elements(source, "si"))
        return strings

    def _read_codes(self) -> list[str]:
        """Return the format code of each cell style."""
        for part in self._package.related(self._main, "styles"):
            root = self._package.tree(part)
            own = {
                fmt.get("numFmtId"): fmt.get("formatCode", "") for fmt in children(child(root, "x:numFmts"), "x:numFmt")
            }
            used = (style.get("numFmtId", "0") for style in children(child(root, "x:cellXfs"), "x:xf"))
            return [own.get(number) or _built_in(number) for number in used]
        return []

    def _rows(self, part: str) -> Iterator[SheetRow]:
        number = -1
        with self._package.container.open(part, _MAX_SHEET_BYTES) as source:
            for row in stream_elements(source, "row"):
                own = row.get("r", "")
                number = int(own) - 1 if own.isdecimal() else number + 1
                yield SheetRow(number, self._cells(row))

    def _cells(self, row: Element) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = -1
        for cell in children(row, "x:c"):
            column = _column(cell.get("r", ""), column + 1)
            if text := self._text(cell):
                cells[column] = text
        self._cell_count += len(cells)
        if self._cell_count > MAX_CELLS:
            raise TooLargeInput(
                f"The workbook has more than {MAX_CELLS:,} filled cells.",
                hint="Save the sheets that matter as a workbook of their own, and add that.",
                cell_count=self._cell_count,
            )
        return cells

    def _text(self, cell: Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = child(cell, "x:is")
            return "" if inline is None else _rich_text(inline)
        value = child(cell, "x:v")
        stored = "" if value is None else clean(value.text or "").strip()
        if kind == "s":
            return self._strings[int(stored)] if stored.isdecimal() and int(stored) < len(self._strings) else ""
        if kind == "b":
            return _BOOLEANS.get(stored, stored)
        if kind != "n" or not stored:
            return stored
        style = cell.get("s", "")
        code = self._codes[int(style)] if style.isdecimal() and int(style) < len(self._codes) else "General"
        return shown_number(stored, code, self._from_1904)

    def _comments(self, part: str) -> Iterator[str]:
        threads = self._package.related(part, "threadedComment")
        if threads:
            names = self._people()
            for comment in (node for thread in threads for node in self._package.tree(thread)):
                text = next((node.text or "" for node in comment if local_name(node) == "text"), "")
                yield _comment(comment.get("ref", ""), names.get(comment.get("personId", ""), ""), clean(text))
            return
        for listing in self._package.related(part, "comments"):
            root = self._package.tree(listing)
            authors = [author.text or "" for author in children(child(root, "x:authors"), "x:author")]
            for comment in descendants(root, "x:comment"):
                index, text = comment.get("authorId", ""), child(comment, "x:text")
                author = authors[int(index)] if index.isdecimal() and int(index) < len(authors) else ""
                yield _comment(comment.get("ref", ""), author, "" if text is None else _rich_text(text))

    def _people(self) -> dict[str, str]:
        parts = self._package.related(self._main, "person")
        return {node.get("id", ""): node.get("displayName", "") for part in parts for node in self._package.tree(part)}

    def _drawn(self, part: str) -> Iterator[str]:
        for drawing in self._package.related(part, "drawing"):
            for node in self._package.tree(drawing).iter():
                name = short_name(node.tag)
                if name == "xdr:txBody":
                    yield "\n".join(filter(None, map(paragraph_text, children(node, "a:p"))))
                elif name == "c:chart" and (chart := self._package.target(drawing, attribute(node, "r:id"))):
                    title = chart_title(self._package.tree(chart))
                    yield f"Chart: {title}" if title else ""


def _built_in(number: str) -> str:
    return BUILT_IN_CODES.get(int(number), "General") if number.isdecimal() else "General"


def _rich_text(element: Element) -> str:
    """Return the text of a string and of its runs, without the phonetic help beside it."""
    parts = [*children(element, "x:t"), *(t for run in children(element, "x:r") for t in children(run, "x:t"))]
    return clean("".join(part.text or "" for part in parts))


def _column(name: str, default: int) -> int:
    found = _CELL_NAME.fullmatch(name)
    if found is None:
        return default
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _comment(cell: str, author: str, text: str) -> str:
    words = " ".join(text.split())
    by = f" by {author.strip()}" if author.strip() else ""
    return f"Comment on {cell}{by}: {words}" if words else ""
