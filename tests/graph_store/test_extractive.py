import asyncio

import pytest
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.document import Span
from longreader.graph_store.extractive import ExtractiveNotesWriter, fact_spans
from longreader.graph_store.note import Notes

WRITER = ExtractiveNotesWriter()

PROSE = """Elena Voss kept the harbour lamp of Grey Head from 1871. She was born in Marl Point. The Lighthouse Board
paid her $12 million.

It was a cold winter."""

TABLE = """The stations of the Lighthouse Board are listed for the year.

Station | Oil used | Crew
Grey Head | 1,200 | 4
Marl Point | 900 | 3"""


def notes_of(text: str, start: int = 0) -> Notes:
    chunk = Chunk("c1", "d1", 0, Span(start, start + len(text)), 1, 1, 1)
    return asyncio.run(WRITER.write([chunk], [text]))[0]


def elements_of(text: str) -> list[tuple[str, ...]]:
    return [fact.key_elements for fact in notes_of(text).facts]


def test_facts_are_verbatim_with_their_place_in_the_document() -> None:
    notes = notes_of(PROSE, start=100)
    assert notes.kind == "extractive"
    assert [fact.fact_id for fact in notes.facts] == ["c1-f1", "c1-f2", "c1-f3", "c1-f4"]
    for fact in notes.facts:
        assert fact.span is not None
        assert fact.text == PROSE[fact.span.start - 100 : fact.span.end - 100]


def test_names_phrases_and_figures_are_key_elements() -> None:
    first, _, third, _ = elements_of(PROSE)
    assert {"Elena Voss", "Grey Head", "1871"} <= set(first)
    assert {"Lighthouse Board", "$12 million"} <= set(third)


def test_a_pronoun_is_no_key_element_but_brings_the_topic() -> None:
    _, second, _, last = elements_of(PROSE)
    assert "Elena Voss" in second
    assert not {"She", "her", "It"} & {element for elements in elements_of(PROSE) for element in elements}
    assert "Elena Voss" not in last, "a topic ends with its paragraph"


def test_a_row_has_its_label_and_its_columns() -> None:
    assert elements_of(TABLE)[2:] == [("Grey Head", "Oil used", "Crew"), ("Marl Point", "Oil used", "Crew")]


def test_a_cell_that_says_there_is_no_value_is_no_key_element() -> None:
    assert elements_of(f"{TABLE}\nSeal Rock | N/A | n.a.")[-1] == ("Seal Rock", "Oil used", "Crew")


def test_no_fact_has_more_than_ten_key_elements() -> None:
    crew = "Anna Holt, Bert Lund, Carla Moss, Dirk Nash, Edda Orr, Finn Pell, Gerd Quist, Hal Rook, Ivo Sand, Jana Tull"
    (elements,) = elements_of(f"The crew of the ship in the winter harbour was {crew}, and Karl Umber.")
    assert len(elements) == 10


def test_other_languages_are_read_by_statistics() -> None:
    facts = elements_of("Elena Voss war die erste Wärterin von Grauhaupt. Die Hafenbehörde zahlte ihr 1871 nichts.")
    assert {"Elena Voss", "Grauhaupt"} <= set(facts[0])
    assert {"Hafenbehörde", "1871"} <= set(facts[1])


@pytest.mark.parametrize("text", ["15", "---", "!!!", "x", "| |", "\n\nOne.\n\n"])
def test_a_chunk_with_any_text_has_a_fact(text: str) -> None:
    assert notes_of(text).facts


def test_a_chunk_without_text_has_none() -> None:
    assert notes_of(" \n\n ").facts == ()


def test_every_chunk_comes_back_in_order_with_the_notes_it_has_alone() -> None:
    texts = [PROSE, TABLE]
    chunks = [Chunk(f"c{i}", "d1", i, Span(0, len(text)), 1, 1, 1) for i, text in enumerate(texts)]
    together = asyncio.run(WRITER.write(chunks, texts))
    assert [notes.chunk_id for notes in together] == ["c0", "c1"]
    assert together[1] == asyncio.run(WRITER.write(chunks[1:], texts[1:]))[0]


def test_a_long_list_is_cut_at_semicolons() -> None:
    text = "; ".join(f"station {i} has a lamp, a boat and a keeper of its own" for i in range(8)) + "."
    spans = fact_spans(text)
    assert len(spans) == 8
    assert [span.of(text)[:9] for span in spans] == [f"station {i}" for i in range(8)]


@pytest.mark.parametrize("text", ["x" * 100_000, "港務局" * 20_000, "word " * 10_000, "Aa " * 20_000, '"A' * 20_000])
def test_one_enormous_line_is_cut_and_loses_nothing(text: str) -> None:
    spans = fact_spans(text)
    assert max(map(len, spans)) <= 2000
    assert "".join(span.of(text) for span in spans).replace(" ", "") == text.replace(" ", "")


def test_one_enormous_word_gets_notes() -> None:
    assert len(notes_of("x" * 50_000).facts) == 25
