"""Pictures of text (PNG, JPEG, TIFF) to a document: ocr.py recognises the words, PDF's layout orders them."""

from ..document import ParsedDocument
from ..errors import NoTextInput
from .blocks import assemble
from .ocr import recognise
from .pdf_layout import layout
from .pdf_lines import lines_of
from .pdf_running import without_running_lines


def parse_image(data: bytes, title: str, media_type: str) -> ParsedDocument:
    """Read a picture; each picture of a TIFF is a page.

    Raises:
        NoTextInput: there is no text on it, or tesseract is not installed. DamagedInput, TooLargeInput: see ``ocr``.
    """
    pages = [lines_of(words, number) for number, words in enumerate(recognise(data), start=1)]
    if not any(pages):
        raise NoTextInput("No text was recognised in the picture.", hint="Add a sharper picture, if there is text.")
    blocks = layout(without_running_lines(pages))
    return assemble(blocks, title, media_type, len(pages))
