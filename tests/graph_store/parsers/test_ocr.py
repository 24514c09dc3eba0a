import io

import pytest
from longreader.graph_store.errors import DamagedInput, NoTextInput
from longreader.graph_store.parsers import ocr, parse
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

needs_tesseract = pytest.mark.skipif(not ocr.is_installed(), reason="tesseract is not installed")


def picture(*lines: str) -> Image.Image:
    drawn = Image.new("L", (900, 60 * len(lines) + 60), 255)
    draw = ImageDraw.Draw(drawn)
    for number, line in enumerate(lines):
        draw.text((40, 40 + 60 * number), line, fill=0, font=ImageFont.load_default(32))
    return drawn


def saved(drawn: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    drawn.save(buffer, kind, **options)
    return buffer.getvalue()


def pdf(*pages: Image.Image | str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(450, 120))
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(20, 60, page)
        else:
            canvas.drawImage(ImageReader(page), 0, 0, 450, 120)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def without_tesseract(monkeypatch) -> None:
    monkeypatch.setattr(ocr.shutil, "which", lambda _: None)


@pytest.mark.usefixtures("without_tesseract")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_without_tesseract_it_says_what_to_install(kind: str) -> None:
    drawn = picture("The harbour")
    data = pdf(drawn, drawn) if kind == "PDF" else saved(drawn, kind)
    with pytest.raises(NoTextInput, match="tesseract, which recognises text, is not installed") as caught:
        parse(data, "scan")
    assert "apt install tesseract-ocr" in caught.value.hint
    assert "ocrmypdf" in caught.value.hint


@pytest.mark.usefixtures("without_tesseract")
def test_pages_with_text_are_read_all_the_same() -> None:
    parsed = parse(pdf(picture("x"), "A page with words on it."), "a.pdf")
    assert parsed.text == "A page with words on it."
    assert [len(page.span) for page in parsed.pages] == [0, 24]
    assert parsed.remark == "1 page is a picture and not read: tesseract, which recognises text, is not installed."


@needs_tesseract
def test_a_scanned_page_among_others() -> None:
    told: list[tuple[int, int]] = []
    data = pdf(picture("The harbour of Quell", "has nine boats."), "A page with words on it.")
    parsed = parse(data, "a.pdf", on_page=lambda *counts: told.append(counts))
    assert parsed.pages[0].span.of(parsed.text).split() == "The harbour of Quell has nine boats.".split()
    assert "A page with words on it." in parsed.pages[1].span.of(parsed.text)
    assert told == [(1, 1)]


@needs_tesseract
def test_a_picture_of_several_pages() -> None:
    data = saved(picture("The first page"), "TIFF", save_all=True, append_images=[picture("The second one")])
    parsed = parse(data, "fax.tif")
    assert [page.span.of(parsed.text).strip() for page in parsed.pages] == ["The first page", "The second one"]


@needs_tesseract
def test_empty_and_broken_pictures() -> None:
    with pytest.raises(NoTextInput, match="No text was recognised"):
        parse(saved(Image.new("L", (300, 200), 255), "PNG"), "a.png")
    with pytest.raises(DamagedInput, match="picture cannot be read"):
        parse(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "a.png")
