"""A span of the stored text is found on its page again, though the text is not what the page's lines are."""

import pytest
from longreader.graph_store.document import Span
from longreader.graph_store.page_boxes import Box, boxes_on
from longreader.graph_store.parsers.pdf_page import PageWords, PlacedWord


def page(*lines: str) -> PageWords:
    """A page of words 10 points wide a letter, in lines 20 points apart."""

    def placed(number: int, line: str) -> tuple[PlacedWord, ...]:
        words, left = [], 0
        for word in line.split():
            words.append(PlacedWord(word, left, 20 * number, left + 10 * len(word), 20 * number + 10))
            left += 10 * len(word) + 10
        return tuple(words)

    return PageWords(600, 800, tuple(placed(number, line) for number, line in enumerate(lines)))


def boxes(on: PageWords, text: str, quote: str, nth: int = 0) -> list[tuple[float, float, float]]:
    """Left edge, right edge and line of each box of the quote's n-th occurrence."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    found = boxes_on(on, text, Span(start, start + len(quote)))
    return [(box.left, box.right, box.top / 20) for box in found]


def test_a_quote_has_a_box_on_each_of_its_lines():
    seen = page("aa bb cc", "dd ee ff")
    assert boxes(seen, "aa bb cc dd ee ff", "cc dd ee") == [(60, 80, 0), (0, 50, 1)]
    assert boxes_on(seen, "aa bb", Span(3, 5)) == (Box(30, 0, 50, 10),)


def test_heads_left_out_and_cut_words_joined_do_not_hinder():
    seen = page("Chapter One 17", "The inter-", "national fair")
    assert boxes(seen, "The international fair", "The international") == [(0, 100, 1), (0, 80, 2)]


def test_a_repeated_quote_is_told_by_what_stands_around_it():
    seen = page("cost 5 in May", "cost 5 in June")
    text = "cost 5 in May cost 5 in June"
    assert boxes(seen, text, "cost 5", 0) == [(0, 60, 0)]
    assert boxes(seen, text, "cost 5", 1) == [(0, 60, 1)]


def test_cells_that_stand_in_another_order_are_found_word_by_word():
    seen = page("Net income 2020 12", "of the group")
    assert boxes(seen, "Net income of the group | 2020 | 12", "income of the") == [(40, 100, 0), (0, 60, 1)]


@pytest.mark.parametrize("quote", ["| |", " "])
def test_without_a_letter_or_digit_there_is_no_box(quote: str):
    assert boxes(page("a b"), "a | | b", quote) == []


def test_what_the_page_does_not_hold_has_no_box():
    assert boxes(page("something else"), "aa bb", "bb") == []
