"""PDF files for the tests of the page, written here so that every word's place is known."""

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

SHEET_WIDTH, SHEET_HEIGHT = A4


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
