import io
import zipfile

import pytest
from longreader.graph_store.errors import DamagedInput, EmptyInput, InputError, TooLargeInput, UnsupportedInput
from longreader.graph_store.parsers import parse


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"<!DOCTYPE html><p>Hello", "page.txt", "text/html"),
        (b"\xef\xbb\xbf <html><body>Hello", "page", "text/html"),
        (b"<p>Hello</p>", "page.htm", "text/html"),
        (b"# Hello", "a.md", "text/markdown"),
        (b"# Hello", "a.txt", "text/plain"),
        (b"1 < 2 and <b> is a tag", "a.txt", "text/plain"),
    ],
)
def test_the_content_comes_before_the_name(data: bytes, name: str, media_type: str) -> None:
    assert parse(data, name).media_type == media_type


@pytest.mark.parametrize(
    "data", [b"", b" \n\t ", b"\x00 \x00", "\ufeff \u00a0\n".encode(), b"<html><script>x</script>"]
)
def test_nothing_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyInput):
        parse(data, "a.txt")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (zipped("a.txt"), "zip archive"),
        (b"GIF89a" + b"\x00" * 50, "GIF picture"),
        (b"{\\rtf1 Hello}", "RTF document"),
        (b"<?xml version='1.0'?><a>b</a>", "XML file"),
        (bytes(range(256)) * 20, "binary data"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, word: str) -> None:
    with pytest.raises(UnsupportedInput, match=word):
        parse(data, "a.bin")


def test_limits_and_false_names() -> None:
    with pytest.raises(TooLargeInput, match="limit is 10"):
        parse(b"x" * 11, "a.txt", max_bytes=10)
    for name, kind in (("a.pdf", "a PDF"), ("a.png", "a PNG picture"), ("a.JPG", "a JPEG picture")):
        with pytest.raises(DamagedInput, match=f"is not {kind}"):
            parse(b"Just words", name)


def test_a_pdf_of_twenty_thousand_pages_is_refused_before_it_is_read() -> None:
    kids = b"3 0 R " * 20_000
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 20000/Kids[" + kids + b"]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
    ]
    body = b"%PDF-1.4\n"
    for number, content in enumerate(objects, start=1):
        body += b"%d 0 obj%sendobj\n" % (number, content)
    with pytest.raises(TooLargeInput, match="20,000 pages; the limit is 5,000"):
        parse(body + b"trailer<</Root 1 0 R/Size 4>>\n%%EOF", "long.pdf")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe".encode("utf-16"), "Größe"),
        ("A long enough line".encode("utf-16-le"), "A long enough line"),
        (b"na\xc3\xafve caf\xc3\xa9, d\xc3\xa9j\xc3\xa0 vu \xff!", "naïve café, déjà vu \ufffd!"),
        (b"a\x00b\x07c \xc2\xadd\xe2\x80\x8be", "abc de"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
    ],
)
def test_encodings_and_control_characters(data: bytes, text: str) -> None:
    assert parse(data, "a.txt").text == text


def test_characters_that_cannot_be_told_are_remarked_on() -> None:
    remark = parse(b"na\xc3\xafve caf\xc3\xa9, d\xc3\xa9j\xc3\xa0 vu \xff!", "a.txt").remark
    assert remark == "1 character stands as \ufffd, since the file is damaged or its encoding unknown."
    assert parse("naïve".encode(), "a.txt").remark == ""


def test_an_old_encoding_is_guessed() -> None:
    words = "Die Straße führt über den Fluß; die Bäume blühen, und die Vögel hören nicht auf zu singen. " * 20
    assert "Straße führt über" in parse(words.encode("cp1252"), "a.txt").text


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_one_line_of_two_million_characters(name: str) -> None:
    parsed = parse(b"word and more " * 150_000, name)
    assert len(parsed.text) == 14 * 150_000 - 1
    assert parsed.title == "a"


STARTS = [
    b"",
    b"%PDF-1.7\n",
    b"<html><table><tr>",
    b"Words first. " * 500,
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"II*\x00",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b'<?xml version="1.0"?><article article-type="x"><body><p>',
    b"From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\n",
]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf", "a", "a.csv", "a.py", "a.eml", "a.docx"])
@pytest.mark.parametrize("seed", range(6))
def test_junk_never_ends_in_another_error(monkeypatch, name: str, seed: int) -> None:
    import random

    monkeypatch.setattr("longreader.graph_store.parsers.ocr.is_installed", lambda: False)
    data = random.Random(seed).randbytes(3000)
    for junk in (start + part for start in STARTS for part in (data, data.translate(None, bytes(range(32))))):
        try:
            parsed = parse(junk, name)
        except InputError:
            continue
        assert parsed.text.strip()
        assert "\x00" not in parsed.text
