import datetime
import io

import pytest
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.errors import TooLargeInput
from longreader.graph_store.parsers import parse, xlsx
from openpyxl import Workbook
from openpyxl.comments import Comment


def read(book: Workbook) -> ParsedDocument:
    buffer = io.BytesIO()
    book.save(buffer)
    return parse(buffer.getvalue(), "file.bin")


def test_sheets_are_pages_and_cells_are_as_shown() -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Boats"
    sheet.append(["Boat", "Built", "Cost", "Share", "Afloat"])
    sheet.append(["Teal", datetime.date(1908, 3, 5), 1234.5, 0.256, True])
    sheet["B2"].number_format = "d mmm yyyy"
    sheet["C2"].number_format = "#,##0.00"
    sheet["D2"].number_format = "0.0%"
    sheet.append([None, None, 0.1 + 0.2])
    sheet["F2"].number_format = "0.00"
    hidden = book.create_sheet("Nets")
    hidden.sheet_state = "hidden"
    hidden["C3"] = "tarred"
    hidden["C3"].comment = Comment("Really?", "Ann")
    book.create_sheet("Empty")
    parsed = read(book)
    assert parsed.title == "file"
    assert [page.span.of(parsed.text).strip() for page in parsed.pages] == [
        "Boats\n\nBoat | Built | Cost | Share | Afloat\nTeal | 5 Mar 1908 | 1,234.50 | 25.6% | TRUE\n |  | 0.3",
        "Nets\n\ntarred\n\nComment on C3 by Ann: Really?",
        "",
    ]
    assert [heading.span.of(parsed.text) for heading in parsed.headings] == ["Boats", "Nets"]


def test_formulas_show_their_kept_values_and_merged_cells_their_text_once() -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["C1"] = "wide", "x"
    sheet.merge_cells("A1:B1")
    sheet["A2"], sheet["B2"] = 1, "=A2+1"
    assert read(book).text == "Sheet\n\nwide | x\n1"


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_CELLS", 3)
    book = Workbook()
    book.active.append([1, 2, 3, 4])
    with pytest.raises(TooLargeInput, match="more than 3"):
        read(book)
