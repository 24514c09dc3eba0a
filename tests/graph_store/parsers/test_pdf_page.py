"""Where the words of a page stand, as it is seen: cropped, turned, scanned."""

import io

import pytest
from longreader.graph_store.errors import DamagedInput
from longreader.graph_store.parsers.confined import read_page_confined
from longreader.graph_store.parsers.pdf_page import PageWords, read_page
from reportlab.pdfgen.canvas import Canvas


def drawn(rotation: int = 0, crop: tuple[int, int, int, int] | None = None) -> bytes:
    """A second page with one word of 20 points, whose line begins 200 points from the left and 500 from below."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(600, 800))
    canvas.showPage()
    if crop:
        canvas.setCropBox(crop)
    if rotation:
        canvas.setPageRotation(rotation)
    canvas.setFont("Helvetica", 20)
    canvas.drawString(200, 500, "Marker")
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def corner(page: PageWords) -> tuple[int, int]:
    """The upper left corner of the first word."""
    first = page.lines[0][0]
    return round(first.left), round(first.top)


def test_points_are_counted_from_the_upper_left_corner():
    page = read_page(drawn(), 2)
    assert (page.width, page.height) == (600, 800)
    assert [[word.text for word in line] for line in page.lines] == [["Marker"]]
    assert corner(page) == (200, 281)


def test_a_cropped_page_begins_at_its_crop():
    page = read_page(drawn(crop=(100, 100, 500, 700)), 2)
    assert (page.width, page.height) == (400, 600)
    assert corner(page) == (100, 181)


def test_a_turned_and_cropped_page_is_taken_as_it_is_seen():
    page = read_page(drawn(180, (100, 100, 500, 700)), 2)
    assert corner(page) == (238, 396)


@pytest.mark.parametrize("rotation", [90, 270])
def test_a_page_on_its_side_has_its_words_on_it(rotation: int):
    page = read_page(drawn(rotation, (100, 100, 500, 700)), 2)
    for (word,) in page.lines:
        assert 0 <= word.left < word.right <= page.width
        assert 0 <= word.top < word.bottom <= page.height


async def test_it_is_read_in_a_process_of_its_own():
    assert await read_page_confined(drawn(), 2) == read_page(drawn(), 2)


async def test_what_is_no_pdf_is_an_error():
    with pytest.raises(DamagedInput):
        await read_page_confined(b"no pdf", 1)
