import pytest
from longreader.graph_store.errors import DamagedInput
from longreader.graph_store.parsers import parse

ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) v1.2//EN" "JATS.dtd">
<article article-type="research-article" xmlns:mml="http://www.w3.org/1998/Math/MathML">
<front><journal-meta><journal-title-group><journal-title>Tides</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>Boats of <italic>Quell</italic></article-title></title-group>
<contrib-group><contrib><name><surname>Moor</surname><given-names>Ada</given-names></name></contrib>
<contrib contrib-type="editor"><name><surname>Fern</surname><given-names>Bo</given-names></name></contrib>
</contrib-group>
<pub-date><year>2020</year></pub-date><pub-date><day>8</day><month>6</month><year>2020</year></pub-date>
<abstract><p>Boats were&nbsp;counted.</p></abstract></article-meta></front>
<body><sec><label>1</label><title>Counts</title>
<p>There were 10<sup>5</sup> boats<sup><xref ref-type="bibr">2</xref></sup> of m<sup>2</sup>, H<sub>2</sub>O,
<inline-formula><alternatives><tex-math>\\begin{document}$x$\\end{document}</tex-math>
<mml:math><mml:mi>x</mml:mi></mml:math></alternatives></inline-formula> so.
<list list-type="order"><list-item><p>one</p></list-item><list-item><p>two</p>
<list><list-item><p>inner</p></list-item></list></list-item></list> After the list.</p>
<sec><title>By year</title>
<table-wrap><label>Table 1.</label><caption><title>Catch.</title></caption><table>
<thead><tr><th>Year</th><th>Port</th><th colspan="2">Catch</th></tr></thead>
<tbody><tr><td rowspan="2">1901</td><td>Quell</td><td>3</td><td>4</td></tr><tr><td>Moor</td><td>5</td><td>6</td></tr>
</tbody></table><table-wrap-foot><fn><label>a</label><p>In tons.</p></fn></table-wrap-foot></table-wrap>
<fig><label>Fig 1</label><caption><p>The harbour.</p></caption><graphic/></fig></sec></sec></body>
<back><ref-list><title>References</title>
<ref><label>1</label><mixed-citation><name><surname>Ruiz</surname><given-names>B</given-names></name>.
<source>Sea</source>.</mixed-citation></ref>
<ref><label>[2]</label><element-citation><person-group><name><surname>Li</surname><given-names>C</given-names></name>
</person-group><article-title>Nets</article-title><year>1999</year></element-citation></ref></ref-list>
<ack><p>Thanks to all.</p></ack></back></article>"""


def test_an_article_in_reading_order() -> None:
    parsed = parse(ARTICLE.encode(), "a.xml")
    assert (parsed.title, parsed.media_type) == ("Boats of Quell", "application/jats+xml")
    assert [(heading.level, heading.span.of(parsed.text)) for heading in parsed.headings] == [
        (1, "Boats of Quell"),
        (2, "Abstract"),
        (2, "1 Counts"),
        (3, "By year"),
        (2, "Acknowledgements"),
        (2, "References"),
    ]
    assert parsed.text.split("\n\n")[1:] == [
        "Authors: Ada Moor\nEditors: Bo Fern\nJournal: Tides\nPublished: 2020-06-08\nDOI: 10.1/x",
        "Abstract",
        "Boats were counted.",
        "1 Counts",
        "There were 10^5 boats[2] of m2, H2O, x so.",
        "1. one\n2. two\n  - inner",
        "After the list.",
        "By year",
        "Table 1. Catch.",
        "Year | Port | Catch\n1901 | Quell | 3 | 4\n1901 | Moor | 5 | 6",
        "a In tons.",
        "Fig 1. The harbour.",
        "Acknowledgements",
        "Thanks to all.",
        "References",
        "1. Ruiz B. Sea.",
        "2. Li C. Nets. 1999.",
    ]


def test_no_entity_reaches_outside_or_grows(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    body = '<article article-type="x"><body><p>Words &out; end.</p></body></article>'
    outside = f'<!DOCTYPE article [<!ENTITY out SYSTEM "{secret.as_uri()}">]>{body}'
    assert parse(outside.encode(), "a.nxml").text.endswith("end.")
    assert "canary" not in parse(outside.encode(), "a.nxml").text
    pairs = ["ab", "bc", "cd", "de", "ef", "fg"]
    grown = "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in pairs)
    with pytest.raises(DamagedInput, match="amplification"):
        parse(f'<!DOCTYPE article [<!ENTITY a "aaaa">{grown}]>{body.replace("out", "g")}'.encode(), "a.nxml")


@pytest.mark.parametrize("cut", [300, 900, 1500, 2000])
def test_a_cut_article_is_damaged(cut: int) -> None:
    with pytest.raises(DamagedInput, match="well-formed"):
        parse(ARTICLE[:cut].encode(), "a.xml")
