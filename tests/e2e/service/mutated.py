"""Documents with damage, and a process that parses many of them; run by test_mutated_uploads.py.

    mutated.py FOLDER FIRST END

The folder holds the whole documents. Number N of the damaged ones is always the same. A line is printed for each (its
outcome and seconds); the last line is ``memory`` and the most that the process had, in MB.
"""

import io
import random
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from longreader.graph_store.errors import ReaderError
from longreader.graph_store.parsers import parse
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

MEMORY_BYTES = 4 << 30
MOST_DAMAGES = 30
_WORDS = "The ferry of Ottilie Brandt crosses the Tessel at mile 212 since 1911 and costs 4.50 marks".split()
_HOSTILE = (
    b"\x00",
    b"\xff" * 8,
    b"<" * 40,
    b"</p></div>",
    b"&#0;&#xD800;&bogus;",
    b"%PDF-1.4",
    b"PK\x03\x04",
    b" 99999999999 0 R ",
    b"-1",
    b"4294967296",
    b"\xed\xa0\x80",
    b'xmlns:x="',
    b"<!ENTITY a 'aaaa'>",
    b"endobj stream ",
)


def paragraphs(count: int = 30) -> list[str]:
    draw = random.Random(1)
    return [f"{number}. {' '.join(draw.choices(_WORDS, k=40))}." for number in range(count)]


def html() -> bytes:
    rows = "".join(f"<tr><td>{n}</td><td>mile {n * 7}</td></tr>" for n in range(10))
    body = "".join(f"<h2>Part {n}</h2><p>{text}</p>" for n, text in enumerate(paragraphs()))
    head = "<!DOCTYPE html><html><head><title>Ferry</title></head>"
    return f"{head}<body>{body}<table>{rows}</table></body></html>".encode()


def pdf() -> bytes:
    # Not compressed, so that damage reaches what is drawn and not only the compression.
    canvas = Canvas(written := io.BytesIO(), pagesize=A5, pageCompression=0, invariant=1)
    for page, text in enumerate(paragraphs(8)):
        canvas.setFont("Helvetica", 9)
        for line, start in enumerate(range(0, len(text), 60)):
            canvas.drawString(40, 540 - 12 * line, text[start : start + 60])
        for line in range(5):
            canvas.drawString(40, 300 - 12 * line, f"{page} {line}")
            canvas.drawString(140, 300 - 12 * line, f"mile {line * 7}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def word() -> bytes:
    document = docx.Document()
    for number, text in enumerate(paragraphs()):
        document.add_heading(f"Part {number}", 1 + number % 3)
        document.add_paragraph(text, style="List Bullet" if number % 4 == 0 else None)
    table = document.add_table(4, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"mile {number}"
    document.save(written := io.BytesIO())
    return written.getvalue()


def book() -> bytes:
    names = [f"p{number}.xhtml" for number in range(4)]
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names)
    spine = "".join(f'<itemref idref="{n}"/>' for n in names)
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
        '<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>",
        "book.opf": f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>{items}</manifest>'
        f"<spine>{spine}</spine></package>",
    }
    for number, name in enumerate(names):
        text = "".join(f"<p>{text}</p>" for text in paragraphs(8))
        parts[name] = f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Part {number}</h1>{text}</body></html>'
    return packed({name: part.encode() for name, part in parts.items()})


def packed(parts: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(written := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


WHOLE: dict[str, Callable[[], bytes]] = {"ferry.pdf": pdf, "ferry.docx": word, "ferry.epub": book, "ferry.html": html}


def name_of(number: int) -> str:
    return sorted(WHOLE)[number % len(WHOLE)]


def damaged(folder: Path, number: int) -> tuple[str, bytes]:
    """Return document NUMBER: its file name and its bytes."""
    draw = random.Random(number)
    name = name_of(number)
    data = (folder / name).read_bytes()
    if name.endswith(("docx", "epub")) and draw.random() < 0.7:
        # Damage within a part, behind a sound container.
        parts = unpacked(data)
        hit = draw.choice([part for part in parts if part.endswith(("xml", "rels", "opf", "xhtml"))])
        parts[hit] = harm(parts[hit], draw)
        return name, packed(parts)
    return name, harm(data, draw)


def harm(data: bytes, draw: random.Random) -> bytes:
    hurt = bytearray(data)
    for _ in range(draw.choice((1, 3, MOST_DAMAGES))):
        at, size = draw.randrange(len(hurt) + 1), draw.choice((1, 4, 64, 1024))
        match draw.randrange(6):
            case 0:
                hurt[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del hurt[at : at + size]
            case 2:
                hurt[at:at] = draw.choice(_HOSTILE)
            case 3:
                start = draw.randrange(len(hurt) + 1)
                hurt[at:at] = hurt[start : start + size]
            case 4:
                hurt[at : at + size] = draw.randbytes(min(size, 64))
            case _ if draw.random() < 0.1:
                del hurt[at:]
            case _:
                hurt[at : at + 1] = bytes([hurt[at] ^ 1 << draw.randrange(8)]) if at < len(hurt) else b""
    return bytes(hurt)


def outcome(name: str, data: bytes) -> str:
    try:
        parse(data, name)
    except ReaderError as error:
        return error.code
    except Exception as error:  # noqa: BLE001 - as the parsing process does it
        # The parsing process tells these as damage; here they are told apart.
        return f"stumbled:{type(error).__name__}"
    return "read"


def main() -> None:
    folder, first, end = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for number in range(first, end):
        started = time.monotonic()
        told = outcome(*damaged(folder, number))
        print(f"{told} {time.monotonic() - started:.2f}", flush=True)
    print(f"memory {most_megabytes()}", flush=True)


def most_megabytes() -> int:
    """Return the most memory that this process had. What getrusage tells begins with that of the process before it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) >> 10


if __name__ == "__main__":
    main()
