"""Tells what document a zip archive holds, from what its members declare; a file's name is not asked."""

from ..errors import UnsupportedInput
from .xml_tree import Element, short_name
from .zip_container import ZipContainer

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_EPUB = "application/epub+zip"

# Documents, templates, shows, with macros or without: what a main part is declared as.
_MAIN_PARTS = {
    "wordprocessingml.document.main+xml": _WORD,
    "wordprocessingml.template.main+xml": _WORD,
    "ms-word.document.macroenabled.main+xml": _WORD,
    "ms-word.template.macroenabledtemplate.main+xml": _WORD,
    "presentationml.presentation.main+xml": _SLIDES,
    "presentationml.template.main+xml": _SLIDES,
    "presentationml.slideshow.main+xml": _SLIDES,
    "ms-powerpoint.presentation.macroenabled.main+xml": _SLIDES,
    "ms-powerpoint.template.macroenabled.main+xml": _SLIDES,
    "ms-powerpoint.slideshow.macroenabled.main+xml": _SLIDES,
    "spreadsheetml.sheet.main+xml": _SHEETS,
    "spreadsheetml.template.main+xml": _SHEETS,
    "ms-excel.sheet.macroenabled.main+xml": _SHEETS,
    "ms-excel.template.macroenabled.main+xml": _SHEETS,
}
_OPEN_DOCUMENTS = ("text", "spreadsheet", "presentation")
_OFFICE_LISTING = "[Content_Types].xml"
_EPUB_LISTING = "META-INF/container.xml"


def zipped_format(data: bytes, name: str) -> str:
    """Return the media type of a document that is a zip archive: EPUB, Word, PowerPoint, Excel or OpenDocument.

    Raises:
        UnsupportedInput: it is another archive. DamagedInput, TooLargeInput: the archive cannot be opened.
    """
    container = ZipContainer(data)
    declared = _declared(container)
    if declared == _EPUB or (not declared and _EPUB_LISTING in container):
        return _EPUB
    if declared.startswith(_OPEN_DOCUMENT):
        kind = declared.removeprefix(_OPEN_DOCUMENT)
        if kind.removesuffix("-template").removesuffix("-master") in _OPEN_DOCUMENTS:
            return _OPEN_DOCUMENT + kind.partition("-")[0]
        raise UnsupportedInput(f"{name} is an OpenDocument {kind} file, which is not read here.", kind=kind)
    if _OFFICE_LISTING in container:
        return _office_format(container.tree(_OFFICE_LISTING), name)
    raise UnsupportedInput(
        f"{name} is a zip archive.", hint="Unpack it, and add the documents in it.", kind="zip archive"
    )


def _declared(container: ZipContainer) -> str:
    if "mimetype" not in container:
        return ""
    with container.open("mimetype") as member:
        return member.read(200).decode("ascii", errors="replace").strip()


def _office_format(listing: Element, name: str) -> str:
    for entry in listing:
        declared = entry.get("ContentType", "").lower()
        for main_part, media_type in _MAIN_PARTS.items():
            if short_name(entry.tag) in {"ct:Override", "ct:Default"} and declared.endswith(main_part):
                return media_type
    raise UnsupportedInput(
        f"{name} is an Office file of a kind that is not read here.",
        hint="Save it as .docx, .pptx or .xlsx, and add that copy.",
        kind="Office file",
    )
