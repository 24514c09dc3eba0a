from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.document import Span
from longreader.graph_store.quote import find_quote

TEXT = "The harbour—built in 1901—was re-\nopened by “Queen  Maud”.\n\nFees rose to 4\u00a0crowns."


def test_finds_the_very_words():
    span = find_quote(TEXT, "built in 1901")
    assert span is not None
    assert span.of(TEXT) == "built in 1901"


def test_folds_white_space_dashes_quotes_case_and_line_end_hyphens():
    span = find_quote(TEXT, "harbour - built".replace(" - ", "-") + ' in 1901-was reopened by "queen maud"')
    assert span is not None
    assert span.of(TEXT) == "harbour—built in 1901—was re-\nopened by “Queen  Maud”"


def test_a_quote_that_is_not_there_is_not_found():
    assert find_quote(TEXT, "built in 1902") is None
    assert find_quote(TEXT, "   ") is None
    assert find_quote(TEXT, "") is None


def test_looks_only_within_the_span():
    assert find_quote("a fee. a fee.", "fee", Span(6, 13)) == Span(9, 12)
    assert find_quote("a fee. no.", "fee", Span(6, 10)) is None


@settings(deadline=None)
@given(st.text(max_size=200), st.data())
def test_every_piece_of_a_text_with_letters_is_found(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    if quote.strip():
        span = find_quote(text, quote)
        assert span is not None
        assert span.of(text) == quote
