"""PDF files for the tests of the page, written here so that every word's place is known."""

import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

SHEET_HEIGHT = A4[1]
_SIDE = 500


def write_pdf(path: Path, pages: Sequence[Sequence[str]], title: str = "") -> Path:
    """Write a page for each list of lines; the first line of a page is its heading."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    canvas.setTitle(title)
    for heading, *lines in pages:
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(72, SHEET_HEIGHT - 90, heading)
        text = canvas.beginText(72, SHEET_HEIGHT - 130)
        text.setFont("Times-Roman", 12)
        text.setLeading(16)
        for line in lines:
            text.textLine(line)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return path


def write_heavy_pdf(path: Path, page_count: int) -> Path:
    """Write pages each of which holds a picture of most of a megabyte that cannot be packed tighter."""
    canvas = Canvas(str(path), pagesize=A4)
    for number in range(1, page_count + 1):
        canvas.drawString(72, SHEET_HEIGHT - 90, f"This is page {number} of the heavy book.")
        noise = Image.frombytes("RGB", (_SIDE, _SIDE), random.Random(number).randbytes(_SIDE * _SIDE * 3))
        canvas.drawImage(ImageReader(noise), 72, 100, 400, 400)
        canvas.showPage()
    canvas.save()
    return path
