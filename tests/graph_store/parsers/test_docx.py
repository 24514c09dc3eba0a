import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.parsers import parse

W = nsdecls("w")


def read(document, **parts: str) -> ParsedDocument:
    buffer = io.BytesIO()
    document.save(buffer)
    return parse(with_parts(buffer.getvalue(), parts) if parts else buffer.getvalue(), "file.bin")


def with_parts(data: bytes, parts: dict[str, str]) -> bytes:
    """Add parts beside the main one, each related to it by its name."""
    relations = "".join(
        f'<Relationship Id="own{i}" Target="{kind}.xml" Type="http://purl.oclc.org/ooxml/officeDocument/'
        f'relationships/{kind}"/>'
        for i, kind in enumerate(parts)
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode("utf-8", errors="surrogateescape")
            if name == "word/_rels/document.xml.rels":
                content = content.replace("</Relationships>", f"{relations}</Relationships>")
            new.writestr(name, content.encode("utf-8", errors="surrogateescape"))
        for kind, xml in parts.items():
            new.writestr(f"word/{kind}.xml", xml)
    return buffer.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def insert(document, xml: str) -> None:
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def test_headings_paragraphs_and_lists() -> None:
    document = Document()
    document.core_properties.title = "The Yearbook"
    document.add_heading("The harbour", 0)
    document.add_heading("Boats", 2)
    document.add_paragraph("They lay\tby the wall.\nNobody went out.")
    for text in ("nets", "ropes"):
        document.add_paragraph(text, "List Bullet")
    document.add_paragraph("deep", "List Bullet 2")
    for text in ("rise", "eat"):
        document.add_paragraph(text, "List Number")
    document.add_paragraph("The end.")
    parsed = read(document)
    assert parsed.title == "The Yearbook"
    assert parsed.text.split("\n\n") == [
        "The harbour",
        "Boats",
        "They lay by the wall.\nNobody went out.",
        "- nets\n- ropes\n- deep\n1. rise\n2. eat",
        "The end.",
    ]
    assert [(h.span.of(parsed.text), h.level) for h in parsed.headings] == [("The harbour", 1), ("Boats", 2)]


def test_numbers_of_levels() -> None:
    document = Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (start, form, text) in enumerate([(3, "decimal", "%1."), (1, "upperRoman", "%1.%2"), (1, "none", "")])
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {W} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for depth, text in ((0, "a"), (1, "b"), (1, "c"), (0, "d"), (1, "e"), (2, "f")):
        numbers = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>'
        insert(document, f"<w:p {W}><w:pPr>{numbers}</w:pPr>{run(text)}</w:p>")
    assert read(document).text == "3. a\n  3.I b\n  3.II c\n4. d\n  4.I e\n    f"


def test_tables_with_merged_cells_and_tables_in_cells() -> None:
    document = Document()
    table = document.add_table(3, 3)
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row.cells):
            cell.text = f"{i}{j}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "tall"
    inner = table.cell(2, 2).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "ner"
    assert read(document).text == "wide |  | 02\ntall | 11 | 12\n | 21 | 22 in ner"


def test_a_table_of_one_cell_is_a_frame() -> None:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "One."
    cell.add_paragraph("Two.")
    assert read(document).text == "One.\n\nTwo."


def test_changes_that_were_tracked_and_hidden_text() -> None:
    document = Document()
    deleted = '<w:del w:id="1"><w:r><w:delText>old</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{run("away")}</w:moveFrom>'
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    inserted = f'<w:ins w:id="2">{run(" new")}</w:ins>'
    insert(document, f"<w:p {W}>{run('The')}{deleted}{moved}{hidden}{inserted}{run(' word')}</w:p>")
    assert read(document).text == "The new word"


def test_notes_and_comments_follow_their_paragraph() -> None:
    document = Document()
    refers = (
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r>'
        '<w:r><w:commentReference w:id="7"/></w:r>'
    )
    insert(document, f"<w:p {W}>{run('The storm')}{refers}{run(' came.')}</w:p>")
    document.add_paragraph("It went.")
    note = f"<w:p><w:r><w:footnoteRef/></w:r>{run(' In 1908.')}</w:p>"
    comment = f'<w:comment w:id="7" w:author="Ann"><w:p>{run("Sure?")}</w:p></w:comment>'
    parsed = read(
        document,
        footnotes=f'<w:footnotes {W}><w:footnote w:id="2">{note}</w:footnote></w:footnotes>',
        endnotes=f'<w:endnotes {W}><w:endnote w:id="2"><w:p>{run("See there.")}</w:p></w:endnote></w:endnotes>',
        comments=f"<w:comments {W}>{comment}</w:comments>",
    )
    assert parsed.text.split("\n\n") == [
        "The storm came.",
        "Footnote: In 1908.",
        "Endnote: See there.",
        "Comment by Ann: Sure?",
        "It went.",
    ]


def test_text_boxes_are_read_once() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:o="other"'
    box = f"<w:txbxContent><w:p>{run('Boxed.')}</w:p></w:txbxContent>"
    branches = f"<mc:Choice><o:a>{box}</o:a></mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    both = f"<mc:AlternateContent>{branches}</mc:AlternateContent>"
    document = Document()
    insert(document, f"<w:p {W} {mc}>{run('Before')}<w:r>{both}</w:r>{run(' after.')}</w:p>")
    assert read(document).text == "Before after.\n\nBoxed."


@pytest.mark.parametrize("style", ["toc 1", "TOC 2"])
def test_contents_fields_and_formulas(style: str) -> None:
    document = Document()
    document.styles.add_style(style, 1)
    document.add_paragraph("The harbour 3", style)
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    formula = (
        f"<m:oMath {nsdecls('m')}><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den>"
        "</m:f></m:oMath>"
    )
    insert(document, f"<w:p {W}>{field}{run('Here ')}{formula}</w:p>")
    assert read(document).text == "Here a/b"
