from longreader.graph_store.parsers.plain import parse_plain

WRAPPED = """\
It was a bright day in the harbour and the boats were going out with the
early tide, as they had done for as long as anybody in the town could
remember it.

A second paragraph follows here, and it is wrapped to the same width as
the first one was.
"""


def test_hard_wrapped_paragraphs_are_joined() -> None:
    text = parse_plain(WRAPPED, "t").text
    assert text.count("\n") == 2
    assert "with the early tide" in text


def test_verse_keeps_its_lines_beside_wrapped_prose() -> None:
    text = parse_plain(WRAPPED + "\nThe sea is grey,\nThe sky is wide,\nI went away\nUpon the tide.\n", "t").text
    assert text.endswith("The sea is grey,\nThe sky is wide,\nI went away\nUpon the tide.")


def test_long_lines_are_paragraphs() -> None:
    line = "A paragraph on a line of its own. " * 8
    assert parse_plain(f"{line}\n{line}", "t").text == f"{line.strip()}\n\n{line.strip()}"


def test_lists_and_columns_keep_their_lines() -> None:
    text = parse_plain(WRAPPED + "\n- one thing\n- another thing\n\nYear    Sales\n2017    5.1\n2018\t6.2\n", "t").text
    assert "- one thing\n- another thing" in text
    assert text.endswith("Year | Sales\n2017 | 5.1\n2018 | 6.2")


def test_headings_that_look_like_ones() -> None:
    parsed = parse_plain(
        "CHAPTER I\n\nIt began.\n\n1.2 The Second Try\n\nIt failed.\n\nTHE END OF IT\n=====\n\nBye.", "t"
    )
    found = [(heading.span.of(parsed.text), heading.level) for heading in parsed.headings]
    assert found == [("CHAPTER I", 1), ("1.2 The Second Try", 2), ("THE END OF IT", 2)]
