import io

from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.parsers import parse
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches


def read(presentation) -> ParsedDocument:
    buffer = io.BytesIO()
    presentation.save(buffer)
    return parse(buffer.getvalue(), "file.bin")


def box(slide):
    return slide.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame


def slide_of(presentation, layout: int, title: str):
    slide = presentation.slides.add_slide(presentation.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide


def test_slides_are_pages_and_titles_headings() -> None:
    presentation = Presentation()
    first = slide_of(presentation, 0, "The harbour")
    first.placeholders[1].text = "A year of it"
    second = slide_of(presentation, 1, "Boats")
    frame = second.placeholders[1].text_frame
    frame.text = "nets"
    for text, level in (("ropes", 0), ("tarred", 1)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    second.notes_slide.notes_text_frame.text = "Speak slowly - please.\nThen stop."
    parsed = read(presentation)
    assert parsed.title == "The harbour"
    assert [page.span.of(parsed.text).strip() for page in parsed.pages] == [
        "The harbour\n\nA year of it",
        "Boats\n\n- nets\n- ropes\n  - tarred\n\nNotes: Speak slowly - please.\nThen stop.",
    ]
    assert [(h.span.of(parsed.text), h.level) for h in parsed.headings] == [("The harbour", 1), ("Boats", 2)]


def test_the_title_comes_first_and_groups_are_read() -> None:
    presentation = Presentation()
    slide = slide_of(presentation, 5, "Title")
    group = slide.shapes.add_group_shape().shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Deep\vin groups"
    tree = slide.shapes._spTree
    box(slide).text = "Loose"
    title = slide.shapes.title._element
    tree.remove(title)
    tree.append(title)
    assert read(presentation).text.split("\n\n") == ["Title", "Deep in groups", "Loose"]


def test_tables_with_merged_cells() -> None:
    presentation = Presentation()
    slide = slide_of(presentation, 5, "T")
    table = slide.shapes.add_table(2, 3, 0, 0, Inches(4), Inches(1)).table
    for i in range(2):
        for j in range(3):
            table.cell(i, j).text = f"{i}{j}"
    table.cell(0, 1).text = ""
    table.cell(0, 0).merge(table.cell(0, 1))
    assert read(presentation).text == "T\n\n00 |  | 02\n10 | 11 | 12"


def test_charts_are_rows() -> None:
    presentation = Presentation()
    slide = slide_of(presentation, 5, "T")
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["Spring", "Autumn"]
    data.add_series("Boats", (0.25, 0.5))
    data.add_series("Nets", (None, 1))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, Inches(4), Inches(3), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Out at sea"
    chart.category_axis.axis_title.text_frame.text = "Season"
    assert read(presentation).text.split("\n\n")[1:] == [
        "Out at sea",
        "Season | Boats | Nets\nSpring | 25.0%\nAutumn | 50.0% | 100.0%",
    ]


def test_markers_follow_what_paragraphs_say_and_slide_numbers_go() -> None:
    presentation = Presentation()
    slide = slide_of(presentation, 5, "T")
    frame = box(slide)
    frame.text = "plain"
    for kind in ("buAutoNum", "buAutoNum", "buChar"):
        paragraph = frame.add_paragraph()
        paragraph.text = kind
        value = 'type="arabicPeriod"' if kind == "buAutoNum" else 'char="x"'
        paragraph._p.get_or_add_pPr().append(parse_xml(f"<a:{kind} {nsdecls('a')} {value}/>"))
    number = f'<a:fld {nsdecls("a")} id="{{0}}" type="slidenum"><a:t>7</a:t></a:fld>'
    frame.paragraphs[0]._p.append(parse_xml(number))
    assert read(presentation).text == "T\n\nplain\n1. buAutoNum\n2. buAutoNum\n- buChar"
