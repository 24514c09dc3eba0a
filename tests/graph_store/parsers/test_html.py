from longreader.graph_store.parsers.html import parse_html

SOURCE = b"""<html><head><title>A  page</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav><script>var x = "<p>no</p>";</script><!-- no -->
<h1>The <em>Duck</em></h1>
<p>Ducks swim&nbsp;&amp;
dive.<br>They quack.</p><p hidden>no</p><p style="display: none">no</p>
<div>Loose words <span>in a span</span><div>and a block</div></div>
<ul><li>one<ol><li>deep</li><li>deeper</li></ol></li><li>two</li></ul>
<h2>Table</h2>
<table><caption>Counts</caption><tr><th>Year</th><th>Ducks</th></tr>
<tr><td>2017</td><td><p>1</p> <p>2</p></td></tr><tr><td></td><td></td></tr></table>
<pre>a  b
  c</pre><footer>no</footer></body></html>"""


def test_what_is_seen_is_read() -> None:
    parsed = parse_html(SOURCE, "t")
    assert parsed.title == "A page"
    assert parsed.text.split("\n\n") == [
        "The Duck",
        "Ducks swim & dive.\nThey quack.",
        "Loose words in a span",
        "and a block",
        "- one\n  1. deep\n  2. deeper\n- two",
        "Table",
        "Counts",
        "Year | Ducks\n2017 | 1 2",
        "a  b\n  c",
    ]
    assert [(h.span.of(parsed.text), h.level) for h in parsed.headings] == [("The Duck", 1), ("Table", 2)]


def test_the_main_part_is_preferred() -> None:
    parsed = parse_html(b"<p>Cookies?</p><main><h1>Name</h1><p>The long text of the page.</p></main><p>Ads</p>", "t")
    assert parsed.text == "Name\n\nThe long text of the page."
    assert parsed.title == "Name"


def test_declared_encoding_and_deep_nesting() -> None:
    assert parse_html('<meta charset="iso-8859-5"><p>Привет</p>'.encode("iso-8859-5"), "t").text == "Привет"
    assert "deep" in parse_html(b"<div>" * 3000 + b"deep", "t").text


def test_a_form_around_the_page_is_read_without_its_fields() -> None:
    parsed = parse_html(
        b'<body><form id="form1"><h1>Annual report</h1><p>The fee is twelve crowns.</p><input value="no">'
        b"<select><option>no</option></select><datalist><option>no</option></datalist><textarea>no</textarea>"
        b"<button>no</button></form>After.</body>",
        "t",
    )
    assert parsed.text.split("\n\n") == ["Annual report", "The fee is twelve crowns.", "After."]


def test_a_question_on_a_button_is_read() -> None:
    parsed = parse_html(
        b"<h3><button>Who pays the fee?</button></h3><p>The tenant pays it.</p>"
        b"<details><summary><b><button>When?</button></b></summary><p>In May.<button>no</button></p></details>"
        b"<button>no</button>",
        "t",
    )
    assert parsed.text.split("\n\n") == ["Who pays the fee?", "The tenant pays it.", "When?", "In May."]
    assert [h.span.of(parsed.text) for h in parsed.headings] == ["Who pays the fee?"]


def test_cells_without_a_row_or_a_table_are_read_apart() -> None:
    assert parse_html(b"<table><td>A</td><td>B</td></table><table><tr><td>C</td></tr></table>", "t").text == (
        "A | B\n\nC"
    )
    assert parse_html(b"</td><td>C</td><td>D</td></tr></table>", "t").text == "C\n\nD"
