import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.sentences import sentences


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["The sea was calm.", "Nobody spoke."],
        ["Dr. Ortega met Mrs. Lind at 5 p.m. in St. Ives.", "They left."],
        ["Sales rose 3.5 percent to $4.2 billion.", "Costs fell."],
        ["See Fig. 3 and Sec. 2.1 of the report.", "It is short."],
        ["J. R. Smith wrote it.", "K. did not."],
        ["The U.S. Treasury paid Acme Inc. Monday.", "It was late."],
        ["It trades in the U.S.", "The firm is old."],
        ['"Stop!" he cried.', '"Why?"', "She ran."],
        ["Wait... what is it?", "A duck."],
        ["Use it, e.g. Tuesdays, or vs. Ann.", "Fine."],
        ["He said no.", "Then he left."],
        ["これは文です。", "次の文です。"],
    ],
)
def test_ends_are_found_and_others_are_not(parts: list[str]) -> None:
    assert split(" ".join(parts)) == parts


def test_blank_lines_rows_and_items_end_sentences_but_line_wraps_do_not() -> None:
    text = "A heading\n\nA line that\nwraps on.\n\nYear | Sales\n2017 | 5.1\nTotal | 9\n\n- one\n- two\n1. First thing"
    assert split(text) == [
        "A heading",
        "A line that\nwraps on.",
        "Year | Sales",
        "2017 | 5.1",
        "Total | 9",
        "- one",
        "- two",
        "1. First thing",
    ]


@given(st.text(alphabet=st.sampled_from("aZ .!?\n|\"'1-。\t”"), max_size=200) | st.text(max_size=100))
@settings(deadline=None)
def test_sentences_are_ordered_disjoint_stripped_and_cover_all_but_white_space(text: str) -> None:
    spans = sentences(text)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(span.of(text) and span.of(text) == span.of(text).strip() for span in spans)
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())


@pytest.mark.parametrize("unit", ["He met Dr. Lind in 1999. ", "a | b\n", "word ", ".", "? ", "x\n", " \n \n", "1. "])
def test_a_long_text_takes_linear_time(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    started = time.process_time()
    sentences(text)
    assert time.process_time() - started < 20
