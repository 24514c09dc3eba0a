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
