import pytest
from longreader.graph_store.parsers.markdown import parse_markdown

SOURCE = """\
---
title: "The Report"
---
# Main *title*

First line
goes on with **bold**, `code` and a [link](http://x).\\
New line.

## Part

| Year | Sales |
|------|------:|
| 2017 | 5.1   |
| 2018 |       |

- one
- two
  wrapped
  1. inner

```
x = 1

y = 2
```

> Quoted.

<div>Inside <b>HTML</b></div>
"""


def test_markup_goes_and_words_stay() -> None:
    parsed = parse_markdown(SOURCE, "t")
    assert parsed.text.split("\n\n") == [
        "Main title",
        "First line goes on with bold, code and a link.\nNew line.",
        "Part",
        "Year | Sales\n2017 | 5.1\n2018",
        "- one\n- two wrapped\n  1. inner",
        "x = 1\ny = 2",
        "Quoted.",
        "Inside HTML",
    ]
    assert [(h.span.of(parsed.text), h.level) for h in parsed.headings] == [("Main title", 1), ("Part", 2)]


def test_titles() -> None:
    assert parse_markdown(SOURCE, "t").title == "The Report"
    assert parse_markdown("Text\n\n# Name\n", "t").title == "Name"
    assert parse_markdown("Text", "t").title == "t"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<table><tr><td>Price</td><td>12</td></tr><tr><td>Tax</td><td>3</td></tr></table>", "Price | 12\nTax | 3"),
        ("<table>\n<tr>\n<td>A</td>\n\n<td>B</td>\n</tr>\n\n<tr><td>C</td></tr>\n</table>\n\nEnd", "A | B\nC\n\nEnd"),
        ("<table>\n<tr><td>\n\n**A** a\n\n</td><td>B</td><td>C</td></tr>\n</table>", "A a\n\nB\n\nC"),
        ("- one\n\n  <table><tr><td>A</td><td>B</td></tr></table>\n\n- two", "- one\nA | B\n- two"),
        ("<p>Tom &amp; Jerry.</p><p>Next one.</p>", "Tom & Jerry.\n\nNext one."),
        ("<script>\nvar x = 1;\n</script>\n\n<!-- no -->\n\nWords", "Words"),
        ("<aside>\nA note.\n\n</aside>", "A note."),
        ("E = mc<sup>2</sup><br>and &amp; so on", "E = mc2\nand & so on"),
    ],
)
def test_html_inside_is_read_as_html(source: str, text: str) -> None:
    assert parse_markdown(source, "t").text == text


def test_a_heading_in_html_is_a_heading() -> None:
    parsed = parse_markdown('<h1 align="center">Name</h1>\n\nText', "t")
    assert parsed.title == "Name"
    assert [(h.span.of(parsed.text), h.level) for h in parsed.headings] == [("Name", 1)]
