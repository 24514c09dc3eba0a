from longreader.graph_store.document import Document, Heading, Page, Span
from longreader.graph_store.section import lead_of

TEXT = """Report

Boats

Alma was built in 1931.

Table 1. Boats of the yard

Name | Built
Alma | 1931
Berta | 1940

She sank in 1961.

Figure 1. The Alma

Nobody was hurt."""


def document(*headings: str) -> Document:
    spans = [Span(TEXT.index(words), TEXT.index(words) + len(words)) for words in headings]
    marked = tuple(Heading(span, 1) for span in spans)
    return Document("1", "", "Report", "text/plain", TEXT, (Page(1, Span(0, len(TEXT))),), marked)


def lead(words: str) -> str:
    known = document("Boats", "Table 1. Boats of the yard", "Figure 1. The Alma")
    return lead_of(known, Span(TEXT.index(words), TEXT.index(words) + len(words)))


def test_prose_stands_under_its_heading():
    assert lead("Alma was built") == "Boats"


def test_nothing_stands_above_the_first_heading():
    assert lead("Report") == ""


def test_a_span_that_begins_with_its_heading_needs_none():
    assert lead("Boats\n\nAlma was") == ""


def test_a_caption_heads_its_table():
    assert lead("Name | Built") == "Table 1. Boats of the yard"


def test_a_later_part_of_a_table_keeps_its_head():
    assert lead("Berta | 1940") == "Table 1. Boats of the yard: Name | Built"


def test_prose_after_a_table_or_a_picture_stands_under_the_heading_before_them():
    assert lead("She sank") == "Boats"
    assert lead("Nobody was hurt") == "Boats"


def test_a_table_without_a_heading_keeps_its_head():
    bare = document()
    place = TEXT.index("Berta |")
    assert lead_of(bare, Span(place, place + 12)) == "Name | Built"
