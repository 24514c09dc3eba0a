import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.document import Span
from longreader.graph_store.passages import cut_passages


def chunk_of(text: str, span: Span | None = None) -> Chunk:
    return Chunk("d-0", "d", 0, Span(0, len(text)) if span is None else span, 1, 1, 1)


def cut(text: str, max_words: int = 120) -> list[str]:
    return [passage.span.of(text) for passage in cut_passages(chunk_of(text), text, max_words)]


def prose(count: int, end: str = ".") -> str:
    return " ".join(f"word{i % 10}" for i in range(count)) + end


def test_paragraphs_are_passages_and_short_ones_are_joined() -> None:
    long_one, short_one = prose(60), prose(8)
    assert cut(f"{long_one}\n\n{long_one}") == [long_one, long_one]
    assert cut(f"{short_one}\n\n{short_one}\n\n{long_one}") == [f"{short_one}\n\n{short_one}", long_one]


def test_a_heading_joins_what_follows() -> None:
    assert cut(f"{prose(60)}\n\nResults\n\n{prose(60)}") == [prose(60), f"Results\n\n{prose(60)}"]
    assert cut(f"{prose(8)}\n\nResults\n\n{prose(60)}") == [prose(8), f"Results\n\n{prose(60)}"]
    sentence = prose(20)
    first, *rest = cut("Results\n\n" + " ".join([sentence] * 9), 100)
    assert first.startswith(f"Results\n\n{sentence}")
    assert all(len(piece.split()) <= 100 for piece in (first, *rest))


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    pieces = cut(" ".join([prose(30)] * 10))
    assert [len(piece.split()) for piece in pieces] == [120, 120, 60]
    assert all(piece.endswith(".") for piece in pieces)


def test_rows_of_a_table_stay_together_and_are_not_torn() -> None:
    rows = [f"Row {i} | {i}. Half | one two three" for i in range(40)]
    pieces = cut("Table 1\n\n" + "\n".join(rows))
    assert pieces[0].startswith("Table 1\n\nRow 0 |")
    assert len(pieces) > 1
    assert "\n".join(pieces).removeprefix("Table 1\n\n").split("\n") == rows


def test_numbers_and_ids_and_spans_inside_the_chunk() -> None:
    text = f"before\n\n{prose(60)}\n\n{prose(60)}\n\nafter"
    span = Span(8, len(text) - 5)
    passages = cut_passages(chunk_of(text, span), text)
    assert [(p.passage_id, p.chunk_id, p.document_id, p.number) for p in passages] == [
        ("d-0-1", "d-0", "d", 1),
        ("d-0-2", "d-0", "d", 2),
    ]
    assert [p.span.of(text) for p in passages] == [prose(60), prose(60)]


def test_text_without_blanks_is_cut_too() -> None:
    pieces = cut("字" * 5000)
    assert "".join(pieces) == "字" * 5000
    assert max(len(piece) for piece in pieces) <= 1440


@given(
    st.lists(st.text(st.sampled_from("ab. \n|é"), max_size=150) | st.text(max_size=30), max_size=12),
    st.integers(1, 40),
    st.data(),
)
@settings(deadline=None)
def test_passages_are_ordered_disjoint_small_and_cover_the_chunk(blocks, max_words, data) -> None:
    text = "\n\n".join(blocks)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    passages = cut_passages(chunk_of(text, span), text, max_words)
    spans = [passage.span for passage in passages]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    pieces = [passage.of(text) for passage in spans]
    assert all(piece and piece == piece.strip() and len(piece.split()) <= max_words for piece in pieces)
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(span.of(text).split())


@pytest.mark.parametrize(
    "text", ["word " * 100_000, "x" * 500_000, "a.\n\n" * 100_000, "a | b\n" * 80_000, "\n" * 500_000]
)
def test_an_enormous_chunk_takes_linear_time(text: str) -> None:
    started = time.process_time()
    cut(text)
    assert time.process_time() - started < 20
