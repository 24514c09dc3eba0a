import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.chunking import cut_chunks
from longreader.graph_store.document import Heading, Page, ParsedDocument, Span


def count_words(text: str) -> int:
    return len(text.split())


def count_unevenly(text: str) -> int:
    """Count more for a joined text than for its parts, as a tokenizer may."""
    return len(text) // 3 + text.count("\n\n") * 2


def document(text: str, headings: list[str] | None = None, page_starts: tuple[int, ...] = (0,)) -> ParsedDocument:
    ends = (*page_starts[1:], len(text))
    pages = tuple(Page(i, Span(start, end)) for i, (start, end) in enumerate(zip(page_starts, ends, strict=True), 1))
    found = [Heading(Span(text.index(words), text.index(words) + len(words)), 1) for words in headings or []]
    return ParsedDocument("A title", "text/plain", text, pages, tuple(found))


def texts(parsed: ParsedDocument, chunks: list[Chunk]) -> list[str]:
    return [chunk.span.of(parsed.text) for chunk in chunks]


def paragraph(words: str, count: int) -> str:
    return " ".join([words] * count)


def test_paragraphs_stay_whole_and_are_packed() -> None:
    parsed = document("\n\n".join(paragraph(letter, 40) for letter in "abcde"))
    chunks = cut_chunks(parsed, "d", count_words, 100)
    assert [set(text.split()) for text in texts(parsed, chunks)] == [{"a", "b"}, {"c", "d"}, {"e"}]
    assert [chunk.token_count for chunk in chunks] == [80, 80, 40]
    assert [(chunk.chunk_id, chunk.document_id, chunk.index) for chunk in chunks][1] == ("d-1", "d", 1)


def test_a_heading_stays_with_what_follows() -> None:
    parsed = document(f"{paragraph('a', 9)}\n\nPart Two\n\nSection\n\n{paragraph('b', 5)}", ["Part Two", "Section"])
    first, second = cut_chunks(parsed, "d", count_words, 12)
    assert first.section == "Part Two" or first.section == ""
    assert second.span.of(parsed.text).startswith("Part Two\n\nSection\n\nb")
    assert second.section == "Part Two"


def test_the_section_is_the_heading_in_force_at_the_start_else_the_first_inside() -> None:
    parsed = document(
        f"One\n\n{paragraph('a', 9)}\n\n{paragraph('b', 9)}\n\nTwo\n\n{paragraph('c', 9)}", ["One", "Two"]
    )
    assert [chunk.section for chunk in cut_chunks(parsed, "d", count_words, 10)] == ["One", "One", "Two"]
    parsed = document("Before it.\n\nOne\n\nAfter.", ["One"])
    assert [chunk.section for chunk in cut_chunks(parsed, "d", count_words)] == ["One"]
    assert [chunk.section for chunk in cut_chunks(document("Plain."), "d", count_words)] == [""]


def test_a_large_paragraph_is_cut_at_sentence_ends_and_a_large_table_between_rows() -> None:
    prose = document(" ".join(f"Sentence number {i} stands here." for i in range(50)))
    chunks = cut_chunks(prose, "d", count_words, 30)
    assert all(text.rstrip().endswith("here.") for text in texts(prose, chunks))
    table = document("\n".join(f"Row {i} | {i}. Half | 2" for i in range(50)))
    chunks = cut_chunks(table, "d", count_words, 60)
    assert all(text.startswith("Row") for text in texts(table, chunks))
    assert len(chunks) <= 9


def test_words_then_characters_are_the_last_resort() -> None:
    parsed = document(" ".join(f"w{i}" for i in range(100)))
    assert all(len(text.split()) <= 7 for text in texts(parsed, cut_chunks(parsed, "d", count_words, 7)))
    parsed = document("x" * 1000)
    assert all(len(text) <= 9 for text in texts(parsed, cut_chunks(parsed, "d", len, 9)))


def test_no_tiny_last_chunk() -> None:
    parsed = document("\n\n".join(paragraph("a", 10) for _ in range(11)))
    assert [chunk.token_count for chunk in cut_chunks(parsed, "d", count_words, 100)] == [60, 50]


def test_pages_are_those_of_the_first_and_last_visible_character() -> None:
    text = "aaaa\n\nbbbb\n\ncccc"
    parsed = document(text, page_starts=(0, 6, 12))
    assert [(c.first_page, c.last_page) for c in cut_chunks(parsed, "d", len, 12)] == [(1, 2), (3, 3)]


def test_tokens_are_counted_about_once_a_paragraph() -> None:
    calls = 0

    def count(text: str) -> int:
        nonlocal calls
        calls += 1
        return len(text.split())

    cut_chunks(document("\n\n".join(paragraph("word", 50) for _ in range(400))), "d", count, 1000)
    assert calls < 450


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="max_tokens"):
        cut_chunks(document("a"), "d", count_words, 0)


@given(
    st.lists(st.text(st.sampled_from("ab. \n|é"), max_size=80) | st.text(max_size=30), max_size=12),
    st.integers(1, 40),
    st.sampled_from([count_words, count_unevenly, len]),
    st.data(),
)
@settings(deadline=None)
def test_spans_rebuild_the_text_and_no_chunk_is_too_large(blocks, max_tokens, count, data) -> None:
    text = "\n\n".join(blocks)
    starts = sorted({sum(len(block) + 2 for block in blocks[:i]) for i in data.draw(st.sets(st.integers(0, 11)))})
    headings = tuple(Heading(Span(start, start + 1), 1) for start in starts if start < len(text))
    parsed = ParsedDocument("t", "text/plain", text, (Page(1, Span(0, len(text))),), headings)
    chunks = cut_chunks(parsed, "d", count, max_tokens)
    assert "".join(texts(parsed, chunks)) == text
    for chunk in chunks:
        assert chunk.token_count == count(chunk.span.of(text))
        assert chunk.token_count <= max_tokens or len(chunk.span) == 1


@pytest.mark.parametrize("text", ["word " * 100_000, "x" * 500_000, "A short sentence. " * 30_000, "a | b\n" * 80_000])
def test_one_enormous_block_takes_linear_time(text: str) -> None:
    started = time.process_time()
    chunks = cut_chunks(document(text), "d", lambda part: len(part) // 4, 2000)
    assert time.process_time() - started < 20
    assert "".join(texts(document(text), chunks)) == text


def test_where_a_count_is_a_request_few_are_made() -> None:
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return count_unevenly(text)

    parsed = document("\n\n".join(paragraph(f"word{number}", 5) for number in range(400)))
    chunks = cut_chunks(parsed, "d", count, 300, counts_slowly=True)
    assert "".join(texts(parsed, chunks)) == parsed.text
    assert [chunk.token_count for chunk in chunks] == [count_unevenly(text) for text in texts(parsed, chunks)]
    assert len(asked) < 4 * len(chunks) < 400


@given(st.lists(st.sampled_from(["a", "\n\n", " ", "é", "word ", "7", "東京", "\n"]), max_size=120), st.integers(2, 40))
def test_estimated_blocks_never_make_a_chunk_too_large(parts: list[str], max_tokens: int) -> None:
    def count(text: str) -> int:
        return len(text.encode())

    parsed = document("".join(parts))
    chunks = cut_chunks(parsed, "d", count, max_tokens, counts_slowly=True)
    assert "".join(texts(parsed, chunks)) == parsed.text
    for chunk, text in zip(chunks, texts(parsed, chunks), strict=True):
        assert chunk.token_count == count(text)
        assert chunk.token_count <= max_tokens or len(text) == 1
