import io
import zipfile

import pytest
from longreader.graph_store.errors import DamagedInput, EncryptedInput
from longreader.graph_store.parsers import parse

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)


def page(body: str, head: str = "<title/>") -> str:
    return (
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head>{head}</head>'
        f"<body>{body}</body></html>"
    )


def book(pages: dict[str, str], more: dict[str, str] | None = None, nav: str = "") -> bytes:
    items = "".join(
        f'<item id="i{i}" href="{name}" media-type="application/xhtml+xml" '
        f'properties="{"nav" if name == "nav.xhtml" else ""}"/>'
        for i, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{i}"/>' for i in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>The  Yearbook</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine>"
        f'<guide><reference type="cover" href="cover.xhtml"/></guide></package>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", package)
        for name, content in {**{f"OPS/{name}": content for name, content in pages.items()}, **(more or {})}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_pages_in_reading_order_with_their_headings() -> None:
    contents = (
        '<nav epub:type="toc"><ol><li><a href="one.xhtml">One</a></li><li><a href="two.xhtml">Chapter Two</a></li>'
        '<li><a href="three.xhtml#x">Deep</a></li></ol></nav>'
    )
    parsed = parse(
        book(
            {
                "cover.xhtml": page("<p>Cover</p>"),
                "nav.xhtml": page(contents),
                "one.xhtml": page('<h1><a id="a"/>The First</h1><p>It began&nbsp;well.<br/>Truly.</p>'),
                "two.xhtml": page('<p class="big">CHAPTER TWO</p><p>It went on.</p>'),
                "three.xhtml": page("<div/><p>It ended.</p>"),
            }
        ),
        "file.bin",
    )
    assert parsed.title == "The Yearbook"
    assert parsed.media_type == "application/epub+zip"
    assert [p.span.of(parsed.text).strip() for p in parsed.pages] == [
        "The First\n\nIt began well.\nTruly.",
        "Chapter Two\n\nIt went on.",
        "It ended.",
    ]
    assert [h.span.of(parsed.text) for h in parsed.headings] == ["The First", "Chapter Two"]


def test_notes_are_kept_and_links_back_are_not() -> None:
    body = (
        '<p>The storm<a epub:type="noteref" href="#n">1</a> came.<span epub:type="pagebreak">12</span></p>'
        '<aside epub:type="footnote" id="n"><p>In 1908. <a epub:type="backlink" href="#r">back</a></p></aside>'
    )
    assert parse(book({"a.xhtml": page(body)}), "b").text == "The storm[1] came.\n\nIn 1908."


def test_a_page_that_is_no_xml_is_read_as_html() -> None:
    assert parse(book({"a.xhtml": "<html><body><p>One<br>Two & three"}), "b").text == "One\nTwo & three"


def test_copy_protection_and_missing_pages() -> None:
    listing = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:EncryptionMethod Algorithm="{}"/>'
        '<e:CipherData><e:CipherReference URI="OPS/a.xhtml"/></e:CipherData></e:EncryptedData></encryption>'
    )
    pages = {"a.xhtml": page("<p>Words</p>")}
    with pytest.raises(EncryptedInput, match="copy protection"):
        parse(book(pages, {"META-INF/encryption.xml": listing.format("http://aes")}), "b")
    fonts = listing.format("http://www.idpf.org/2008/embedding")
    assert parse(book(pages, {"META-INF/encryption.xml": fonts}), "b").text == "Words"
    with pytest.raises(DamagedInput, match="missing"):
        parse(book(pages).replace(b"OPS/a.xhtml", b"OPS/b.xhtml"), "b")
