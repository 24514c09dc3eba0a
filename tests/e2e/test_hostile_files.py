"""Files made to do harm, or that misbehave while they are read: each ends in a clear word, and what was stored stays.

`pytest tests/e2e/test_hostile_files.py -s` prints the table: input | what was said | exit code.
"""

import functools
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from longreader.app import adding
from longreader.graph_store import cutting
from longreader.graph_store.document import content_hash
from longreader.graph_store.parsers import confined, parse
from longreader.graph_store.parsers.confined import ParseLimits, parse_confined
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WORD_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
BOOK = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>{items}</manifest>'
    "<spine>{spine}</spine></package>"
)


@dataclass(frozen=True)
class Case:
    """A hostile file: its name, what makes it, the exit code, and words of what is said."""

    name: str
    make: Callable[[Path], Path]
    words: tuple[str, ...]
    code: int = 1


def three_hundred_megabytes(folder: Path) -> Path:
    path = folder / "large.txt"
    path.touch()
    os.truncate(path, 300_000_000)
    return path


def bomb(path: Path, members: dict[str, str], swollen: list[str], megabytes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for name in swollen:
            with archive.open(name, "w") as member:
                for _ in range(megabytes):
                    member.write(bytes(1_000_000))
    return path


def word_bomb(folder: Path) -> Path:
    members = {"[Content_Types].xml": WORD_TYPES, "_rels/.rels": RELATIONS}
    return bomb(folder / "bomb.docx", members, ["word/document.xml"], 40)


def declared_bomb(folder: Path) -> Path:
    members = {"[Content_Types].xml": WORD_TYPES, "_rels/.rels": RELATIONS}
    return bomb(folder / "giant.docx", members, ["word/document.xml"], 210)


def book_bomb(folder: Path) -> Path:
    names = [f"p{number}.xhtml" for number in range(3)]
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names)
    package = PACKAGE.format(items=items, spine="".join(f'<itemref idref="{n}"/>' for n in names))
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": BOOK, "book.opf": package}
    return bomb(folder / "bomb.epub", members, names, 12)


def pdf_of_20_000_pages(folder: Path) -> Path:
    count = 20_000
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    objects.append(b"<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 99 99]>>" % (count, kids))
    objects += [b"<</Type/Page/Parent 2 0 R>>"] * count
    written, places = io.BytesIO(b"%PDF-1.4\n"), []
    written.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        places.append(written.tell())
        written.write(b"%d 0 obj%s endobj\n" % (number, content))
    start = written.tell()
    written.write(b"xref\n0 %d\n0000000000 65535 f \n" % (count + 3))
    written.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    written.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count + 3, start))
    path = folder / "long.pdf"
    path.write_bytes(written.getvalue())
    return path


def office_with_password(folder: Path) -> Path:
    path = folder / "secret.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") * 2)
    return path


def open_document_with_password(folder: Path) -> Path:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
    )
    members = {"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest}
    return bomb(folder / "secret.odt", members | {"content.xml": "\x17\x80junk"}, [], 0)


def pipe(folder: Path) -> Path:
    path = folder / "pipe.txt"
    os.mkfifo(path)
    return path


def without_end(_folder: Path) -> Path:
    return Path("/dev/zero")


def deep(folder: Path) -> Path:
    path = folder / "deep.html"
    path.write_text("<div>" * 200_000 + "words" + "</div>" * 200_000)
    return path


def entities(folder: Path) -> Path:
    lines = ['<!ENTITY a0 "lol">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    document = f"<!DOCTYPE d [{''.join(lines)}]><document>&a9;</document>"
    members = {"[Content_Types].xml": WORD_TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document}
    return bomb(folder / "laughs.docx", members, [], 0)


CASES = (
    Case("file of 300 MB", three_hundred_megabytes, ("300,000,000 bytes", "at most 200,000,000")),
    Case("zip bomb as DOCX", word_bomb, ("300 times its size",)),
    Case("DOCX with a part of 210 MB", declared_bomb, ("more than 200,000,000 bytes",)),
    Case("zip bomb as EPUB", book_bomb, ("300 times its size",)),
    Case("entities that multiply in DOCX", entities, ("not well-formed",)),
    Case("PDF of 20,000 pages", pdf_of_20_000_pages, ("20,000 pages", "limit is 5,000")),
    Case("Office file with a password", office_with_password, ("needs a password",)),
    Case("OpenDocument with a password", open_document_with_password, ("needs a password",)),
    Case("a named pipe", pipe, ("is not a file",)),
    Case("a file without end", without_end, ("is not a file",)),
    Case("HTML 200,000 deep", deep, ("1 chunk",), 0),
)


@pytest.mark.skipif(sys.platform == "win32", reason="devices, pipes and sparse files")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_file(
    case: Case, cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    refused(case.name, cli("add", case.make(tmp_path)), case.code, case.words)
    assert len(json.loads(cli("list", "--json").out)) == (1 if case.code else 2)
    intact()


def test_scan_without_tesseract(
    cli: Callable[..., Any],
    intact: Callable[[], None],
    refused: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = Image.new("L", (600, 800), 255)
    ImageDraw.Draw(picture).text((60, 60), "The Tessel is 212 km long.")
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(600, 800))
    canvas.drawImage(ImageReader(picture), 0, 0, 600, 800)
    canvas.save()
    monkeypatch.setenv("PATH", str(tmp_path))
    refused("scanned PDF without tesseract", cli("add", tmp_path / "scan.pdf"), 1, ("tesseract", "not installed"))
    intact()


@pytest.mark.parametrize(
    ("name", "body", "limits", "words"),
    [
        ("a parser that hangs", "time.sleep(600)", ParseLimits(seconds=2), ("not read within 2 seconds",)),
        (
            "a parser that eats memory",
            "return [bytes(10_000_000) for _ in range(1000)]",
            ParseLimits(memory_bytes=300 << 20),
            ("more than 300 MB of memory",),
        ),
        ("a parser that crashes", "os.abort()", ParseLimits(), ("crashed",)),
    ],
)
def test_parser_out_of_hand(
    name: str,
    body: str,
    limits: ParseLimits,
    words: tuple[str, ...],
    cli: Callable[..., Any],
    intact: Callable[[], None],
    refused: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planted = (
        "import os, time\nfrom longreader.graph_store.parsers import plain, __main__ as child\n"
        f"def parse_plain(text, title):\n    {body}\nplain.parse_plain = parse_plain\nchild.main()"
    )
    (tmp_path / "words.txt").write_text("Words.")
    with monkeypatch.context() as patched:
        patched.setattr(confined, "_COMMAND", (sys.executable, "-P", "-c", planted))
        patched.setattr(cutting, "parse_confined", functools.partial(parse_confined, limits=limits))
        refused(name, cli("add", tmp_path / "words.txt"), 1, words)
    intact()


def test_file_that_changes_while_it_is_read(
    cli: Callable[..., Any],
    intact: Callable[[], None],
    refused: Callable[..., None],
    original: Callable[[str], bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "changing.md"
    path.write_text("# Version 0\n\nThe first line.\n")
    read = adding.read_file
    versions = iter(range(1, 99))

    def read_and_change(source: Path) -> bytes:
        data = read(source)
        source.write_text(f"# Version {next(versions)}\n\nAnother line, and longer than the one before.\n")
        return data

    with monkeypatch.context() as patched:
        patched.setattr(adding, "read_file", read_and_change)
        refused("a file that changes while it is read", cli("add", path), 0, ("Version",))
    _, added = json.loads(cli("list", "--json").out)
    kept = original(added["document_id"])
    assert content_hash(kept) == added["content_hash"]
    parsed = parse(kept, path.name)
    assert (parsed.title, len(parsed.text.split())) == (added["title"], added["word_count"])
    intact()


def test_same_file_twice(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], river: Path, tmp_path: Path
) -> None:
    twin = tmp_path / "twin.txt"
    twin.write_bytes(river.read_bytes())
    refused("the same file twice", cli("add", river, river), 0, ("already there",))
    refused("the same file under two names", cli("add", river, twin), 0, ("already there",))
    assert len(json.loads(cli("list", "--json").out)) == 1
    if "LONGREADER_DATABASE_URL" not in os.environ:
        assert len(list((tmp_path / "data" / "files").glob("*/*"))) == 1
    intact()
