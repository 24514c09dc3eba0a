import io
import zipfile

import pytest
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.errors import EncryptedInput
from longreader.graph_store.parsers import parse

OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{name}="{OASIS}{name if name != "draw" else "drawing"}:1.0"'
    for name in ("office", "text", "table", "draw", "style", "presentation")
)


def file(kind: str, body: str, styles: str = "", more: dict[str, str] | None = None) -> bytes:
    main = {"text": "text", "spreadsheet": "spreadsheet", "presentation": "presentation"}[kind]
    content = (
        f'<office:document-content {NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{main}>{body}</office:{main}></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name, part in {"content.xml": content, **(more or {})}.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def read(kind: str, body: str, styles: str = "") -> ParsedDocument:
    return parse(file(kind, body, styles), "file.bin")


def test_headings_paragraphs_notes_and_changes() -> None:
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>In 1908.</text:p></text:note-body></text:note>"
    )
    comment = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Sure?</text:p></office:annotation>"
    box = "<draw:frame><draw:text-box><text:p>Boxed.</text:p></draw:text-box></draw:frame>"
    parsed = read(
        "text",
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p text:style-name="P1">The Yearbook</text:p><text:h text:outline-level="2">Boats</text:h>'
        f"<text:section><text:p>The<text:s text:c='3'/>storm{note}{comment}{box} <text:span>came</text:span>."
        "<text:line-break/>It\n went.</text:p></text:section>",
        '<style:style style:name="P1" style:parent-style-name="Title"/>',
    )
    assert parsed.text.split("\n\n") == [
        "The Yearbook",
        "Boats",
        "The storm came.\nIt went.",
        "Boxed.",
        "Footnote: In 1908.",
        "Comment by Ann: Sure?",
    ]
    assert [h.level for h in parsed.headings] == [1, 2]
    assert parsed.title == "The Yearbook"


def test_lists_with_numbers_and_bullets() -> None:
    numbered = '<text:list-level-style-number text:level="1" style:num-format="a" style:num-suffix=")"/>'
    inner = "<text:list><text:list-item><text:p>deep</text:p></text:list-item></text:list>"
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    items = item.format("nets", inner) + item.format("ropes", "")
    parsed = read(
        "text",
        f'<text:list text:style-name="L">{items}</text:list>',
        f'<text:list-style style:name="L">{numbered}</text:list-style>',
    )
    assert parsed.text == "a) nets\n  - deep\nb) ropes"


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def test_tables_with_covered_cells() -> None:
    rows = [
        cell("wide", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>" + cell("x"),
        cell("a") + cell("b") + cell("c"),
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    assert read("text", f"<table:table>{body}</table:table>").text == "wide |  | x\na | b | c"


def test_sheets_with_repeated_cells_and_rows() -> None:
    head = f"<table:table-row>{cell('Boat')}{cell('Nets')}</table:table-row>"
    twice = cell("7", 'table:number-columns-repeated="2"') + '<table:table-cell table:number-columns-repeated="16000"/>'
    rows = f'<table:table-row table:number-rows-repeated="2">{twice}</table:table-row>'
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    tables = f'<table:table table:name="Fleet">{head}{rows}{blank}</table:table>'
    parsed = read("spreadsheet", tables + '<table:table table:name="None"/>')
    assert parsed.text == "Fleet\n\nBoat | Nets\n7 | 7\n7 | 7"
    assert len(parsed.pages) == 2


def test_slides_with_titles_and_notes() -> None:
    frame = '<draw:frame presentation:class="{}"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    notes = f"<presentation:notes>{frame.format('notes', 'Slowly.')}</presentation:notes>"
    slide = frame.format("outline", "Nets") + frame.format("title", "Boats") + frame.format("footer", "x") + notes
    parsed = read("presentation", f"<draw:page>{slide}</draw:page><draw:page/>")
    assert parsed.text == "Boats\n\nNets\n\nNotes: Slowly."
    assert len(parsed.pages) == 2


def test_a_password() -> None:
    listing = (
        f'<m:manifest xmlns:m="{OASIS}manifest:1.0"><m:file-entry m:full-path="content.xml"><m:encryption-data/>'
        "</m:file-entry></m:manifest>"
    )
    with pytest.raises(EncryptedInput):
        parse(file("text", "", more={"META-INF/manifest.xml": listing}), "a.odt")
