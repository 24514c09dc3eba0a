"""JATS, the XML of journal articles (PubMed Central, PLOS), to blocks. Text inside paragraphs is jats_text.py's."""

from collections.abc import Iterator

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (lxml ships no types)

from ..document import ParsedDocument
from ..errors import DamagedInput
from .blocks import Block, assemble, table_row
from .jats_text import Element, children, descendants, first, local_name, person, reference, text_of, text_pieces

_NOT_READ = frozenset(
    {"graphic", "media", "object-id", "label", "title", "fn-type", "sec-meta", "permissions", "alt-text"}
)
_NAMED = {"ack": "Acknowledgements", "abstract": "Abstract", "app": "Appendix", "trans-abstract": "Abstract"}
_SECTIONS = frozenset(
    {"sec", "app", "ack", "abstract", "trans-abstract", "boxed-text", "notes", "glossary", "fn-group"}
)
_BLOCKS = frozenset(
    {
        *("p", "list", "def-list", "table-wrap", "table-wrap-group", "fig", "fig-group", "disp-formula", "disp-quote"),
        *("verse-group", "preformat", "code", "boxed-text", "supplementary-material", "speech", "statement"),
    }
)


def parse_jats(data: bytes, title: str) -> ParsedDocument:
    """Read an article: title, authors, abstract, sections with tables and captions, notes, references last.

    Raises:
        DamagedInput: it is not well-formed XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DamagedInput(f"This XML is not well-formed: {error}") from error
    article = root if local_name(root) == "article" else first(root, "article")
    if article is None:
        raise DamagedInput("This XML holds no article.")
    own_title = text_of(first(article, "front", "article-meta", "title-group", "article-title"))
    return assemble(_article(article, own_title or title), own_title or title, "application/jats+xml")


def _article(article: Element, title: str, level: int = 1) -> Iterator[Block]:
    yield Block(title, level=level)
    front = first(article, "front")
    front = front if front is not None else first(article, "front-stub")
    meta = first(article, "front", "article-meta")
    meta = meta if meta is not None else front
    if front is not None and meta is not None:
        yield Block("\n".join(_about(front, meta)))
        for abstract in children(meta, "abstract", "trans-abstract"):
            yield from _section(abstract, level + 1)
    for part in children(article, "body", "floats-group"):
        yield from _inside(part, level + 1)
    back = first(article, "back")
    lists: list[Element] = []
    for part in back if back is not None else ():
        if local_name(part) == "ref-list":
            lists.append(part)
        else:
            yield from _blocks(part, level + 1)
    for part in lists:
        yield from _references(part, level + 1)
    for part in children(article, "sub-article", "response"):
        own_title = first(part, "front-stub", "title-group", "article-title")
        yield from _article(part, text_of(own_title) or "Further article", level + 1)


def _about(front: Element, meta: Element) -> Iterator[str]:
    """Yield lines: authors, editors and others, journal, date, DOI."""
    names: dict[str, list[str]] = {}
    for contributor in descendants(meta, "contrib"):
        if name := person(contributor):
            kind = (contributor.get("contrib-type") or "author").strip().replace("-", " ").capitalize()
            names.setdefault(kind, []).append(name)
    for kind, several in names.items():
        yield f"{kind}s: {', '.join(several)}"
    if journal := text_of(first(front, "journal-meta", "journal-title-group", "journal-title")):
        yield f"Journal: {journal}"
    dates = [[text_of(first(date, part)) for part in ("year", "month", "day")] for date in children(meta, "pub-date")]
    if dates:
        yield "Published: " + "-".join(
            part.zfill(2) for part in max(dates, key=lambda date: len(list(filter(None, date)))) if part
        )
    for number in children(meta, "article-id"):
        if number.get("pub-id-type") == "doi":
            yield f"DOI: {text_of(number)}"


def _inside(node: Element, level: int) -> Iterator[Block]:
    for child in node:
        yield from _blocks(child, level)


def _blocks(node: Element, level: int) -> Iterator[Block]:
    match local_name(node):
        case name if not name or name in _NOT_READ:
            return
        case name if name in _SECTIONS:
            yield from _section(node, level)
        case "p" | "disp-quote" | "verse-line" | "attrib" | "title-group" | "term" | "preformat" | "code":
            yield from _paragraph(node, level)
        case "disp-formula" | "disp-formula-group":
            yield Block(text_of(node))
        case "list" | "def-list":
            yield Block("\n".join(_items(node, 0)))
        case "table-wrap":
            yield from _table(node, level)
        case "fig" | "supplementary-material":
            yield Block(_caption(node))
        case "ref-list":
            yield from _references(node, level)
        case "fn":
            yield Block(_labelled(node))
        case _:
            yield from _inside(node, level)


def _section(node: Element, level: int) -> Iterator[Block]:
    name = local_name(node)
    title = text_of(first(node, "title")) or text_of(first(node, "caption", "title")) or _NAMED.get(name, "")
    label = text_of(first(node, "label"))
    yield Block(" ".join(filter(None, (label, title))), level=min(level, 6))
    yield from _inside(node, level + 1 if title else level)


def _paragraph(node: Element, level: int) -> Iterator[Block]:
    """Yield a paragraph, parted where a table, list or figure stands inside it."""
    held = ""
    for piece in text_pieces(node, _BLOCKS):
        if isinstance(piece, str):
            held += piece
            continue
        yield Block(" ".join(held.split()))
        held = ""
        yield from _blocks(piece, level)
    yield Block(" ".join(held.split()))


def _items(node: Element, depth: int) -> Iterator[str]:
    ordered = node.get("list-type") in {"order", "arabic"}
    for number, item in enumerate(children(node, "list-item", "def-item"), start=1):
        marker = "  " * depth + (f"{number}. " if ordered else "- ")
        inner = [part for part in item if local_name(part) in {"list", "def-list"}]
        words = " ".join(text_of(part) for part in item if part not in inner)
        yield marker + words
        for part in inner:
            yield from _items(part, depth + 1)


def _caption(node: Element) -> str:
    label, caption = text_of(first(node, "label")), first(node, "caption")
    parts = [text_of(part) for part in caption] if caption is not None else []
    return " ".join(filter(None, [label and f"{label.rstrip('.')}.", *parts]))


def _labelled(node: Element) -> str:
    return " ".join(filter(None, (text_of(part) for part in node)))


def _table(node: Element, level: int) -> Iterator[Block]:
    yield Block(_caption(node))
    for table in descendants(node, "table"):
        yield Block("\n".join(filter(None, map(table_row, _rows(table)))))
    for foot in children(node, "table-wrap-foot"):
        yield from _inside(foot, level)


def _rows(table: Element) -> Iterator[list[str]]:
    """Yield rows of cells; a cell over several rows stands in each, one over several columns leaves room behind it."""
    from_above: dict[int, tuple[str, int]] = {}
    for row in descendants(table, "tr"):
        placed: dict[int, tuple[str, int]] = {}
        column = 0
        for cell in children(row, "td", "th"):
            while column in from_above:
                placed[column] = from_above.pop(column)
                column += 1
            for place in range(_span(cell, "colspan")):
                placed[column] = ("" if place else text_of(cell), _span(cell, "rowspan"))
                column += 1
        placed |= from_above
        yield [placed.get(place, ("", 0))[0] for place in range(max(placed, default=-1) + 1)]
        from_above = {place: (text, left - 1) for place, (text, left) in placed.items() if left > 1}


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), 200) if value.isdecimal() else 1


def _references(node: Element, level: int) -> Iterator[Block]:
    yield Block(text_of(first(node, "title")) or "References", level=min(level, 6))
    for part in node:
        if local_name(part) == "ref-list":
            yield from _references(part, level + 1)
        elif local_name(part) == "ref":
            yield Block(reference(part))
        else:
            yield from _blocks(part, level)
