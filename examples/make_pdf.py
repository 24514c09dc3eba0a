"""Makes ansholm.pdf from ansholm.md: A4, running header and footer, ruled tables, one chapter in two columns.

The bytes depend on the Markdown and on nothing else: no date, no random id, no compression, no fonts from the machine.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.colors import Color, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

HERE = Path(__file__).parent
TWO_COLUMN_CHAPTER = "15. Voices"
MARGIN, GAP = 25 * mm, 9 * mm
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
INK = Color(0.1, 0.2, 0.3)
SOFT_HYPHEN = "\xad"

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14.5, spaceAfter=7, alignment=4)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=9, leading=11.5, spaceAfter=0, alignment=0)
NUMBER = ParagraphStyle("number", parent=CELL, alignment=2)
CAPTION = ParagraphStyle("caption", parent=BODY, fontSize=9.5, leading=12, spaceBefore=6, spaceAfter=4, alignment=0)
HEADINGS = {
    1: ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=26, leading=32, textColor=INK, spaceAfter=14),
    2: ParagraphStyle("chapter", fontName="Helvetica-Bold", fontSize=18, leading=22, textColor=INK, spaceAfter=10),
    3: ParagraphStyle(
        "section", fontName="Helvetica-Bold", fontSize=11.5, leading=14, textColor=INK, spaceBefore=8, spaceAfter=4
    ),
}


class Chapter(Paragraph):
    """A chapter's heading, which the header of its first and following pages shows."""


class Report(BaseDocTemplate):
    """The page layouts and what is drawn on each page besides the text."""

    def __init__(self, path: Path, title: str) -> None:
        super().__init__(str(path), pagesize=A4, title=title, author="", invariant=1, pageCompression=0)
        self.chapter = ""
        column = (WIDTH - GAP) / 2
        no_padding = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
        self.addPageTemplates(
            [
                PageTemplate("title", [Frame(MARGIN, MARGIN, WIDTH, HEIGHT * 0.7, **no_padding)]),
                PageTemplate("one", [Frame(MARGIN, MARGIN, WIDTH, HEIGHT, **no_padding)], onPageEnd=self.decorate),
                PageTemplate(
                    "two",
                    [
                        Frame(x, MARGIN, column, HEIGHT, id=str(x), **no_padding)
                        for x in (MARGIN, MARGIN + column + GAP)
                    ],
                    onPageEnd=self.decorate,
                ),
            ]
        )

    def afterFlowable(self, flowable: Flowable) -> None:
        """Remember the chapter for the header; reportlab calls this after each piece."""
        if isinstance(flowable, Chapter):
            self.chapter = flowable.getPlainText()
            self.canv.bookmarkPage(self.chapter)
            self.canv.addOutlineEntry(self.chapter, self.chapter)

    def decorate(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        """Draw the running header, its rule and the page number."""
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(INK)
        canvas.drawString(MARGIN, A4[1] - 16 * mm, self.title)
        canvas.drawRightString(A4[0] - MARGIN, A4[1] - 16 * mm, self.chapter)
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN, A4[1] - 18 * mm, A4[0] - MARGIN, A4[1] - 18 * mm)
        canvas.drawCentredString(A4[0] / 2, 14 * mm, f"Page {canvas.getPageNumber()}")
        canvas.restoreState()


def hyphenate(text: str) -> str:
    """Put soft hyphens where an English word may well be broken: between two consonants and before endings."""
    broken = re.sub(r"([a-z]{2}([bdfgmnprt]))(?=\2(?!ings?\b)[a-z]{3})", rf"\1{SOFT_HYPHEN}", text)
    broken = re.sub(r"(?<=[a-z][aeiou][lmnr])(?=[bdfgmpt](?!ing)[aeiou][a-z]{2})", SOFT_HYPHEN, broken)
    broken = re.sub(r"(?<=[a-z][aeiou][bdfgklmnprtvw])(?=ings?\b)", SOFT_HYPHEN, broken)
    return re.sub(r"(?<=[a-z]{3})(?=(?:tion|sion|ment|ness|ble|ful|ship|body|thing|times)s?\b)", SOFT_HYPHEN, broken)


def inline(node: SyntaxTreeNode, *, soft_hyphens: bool = False) -> str:
    """Return a node's content as reportlab's markup."""
    if node.type == "text":
        return escape(hyphenate(node.content) if soft_hyphens else node.content)
    if node.type == "softbreak":
        return " "
    inner = "".join(inline(child, soft_hyphens=soft_hyphens) for child in node.children)
    tag = {"strong": "b", "em": "i"}.get(node.type)
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def table(node: SyntaxTreeNode) -> Table:
    """Lay a table out: rules above, below and under the head; figures to the right; columns as wide as they need."""
    rows = [[inline(cell) for cell in row.children] for part in node.children for row in part.children]
    columns = list(zip(*rows, strict=True))
    figures = [all(re.fullmatch(r"\(?[\d,.]*\)?", cell) for cell in column[1:]) for column in columns]
    widths = [max(stringWidth(cell, "Times-Bold", CELL.fontSize) for cell in column) + 14 for column in columns]
    scale = min(1.0, WIDTH / sum(widths))
    cells = [
        [
            Paragraph(f"<b>{cell}</b>" if number == 0 else cell, NUMBER if is_figure else CELL)
            for cell, is_figure in zip(row, figures, strict=True)
        ]
        for number, row in enumerate(rows)
    ]
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, black),
        ("LINEBELOW", (0, 0), (-1, 0), 0.4, black),
        ("LINEBELOW", (0, -1), (-1, -1), 0.8, black),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    return Table(cells, [width * scale for width in widths], repeatRows=1, style=style, hAlign="LEFT", spaceAfter=10)


def items(node: SyntaxTreeNode) -> ListFlowable:
    """Lay a bullet or numbered list out."""
    entries = [ListItem(Paragraph(inline(entry.children[0].children[0]), BODY)) for entry in node.children]
    kind = {"bulletType": "1", "bulletFormat": "%s."} if node.type == "ordered_list" else {"bulletType": "bullet"}
    return ListFlowable(entries, bulletFontSize=BODY.fontSize, bulletFontName="Times-Roman", leftIndent=16, **kind)


def heading(node: SyntaxTreeNode) -> Iterator[Flowable]:
    """Yield a heading; a chapter starts on a new page, in the columns that it is set in."""
    level, text = int(node.tag[1]), inline(node.children[0])
    if level == 2:
        yield NextPageTemplate("two" if text == TWO_COLUMN_CHAPTER else "one")
        yield PageBreak()
        yield Chapter(text, HEADINGS[2])
    else:
        yield Paragraph(text, ParagraphStyle(f"h{level}", HEADINGS[level], keepWithNext=1))


def story(root: SyntaxTreeNode) -> Iterator[Flowable]:
    """Yield the pieces of the document in order; a table's caption stays with its table."""
    caption = None
    for node in root.children:
        if node.type == "heading":
            yield from heading(node)
        elif node.type == "table":
            yield KeepTogether([caption, table(node)] if caption else [table(node)])
            caption = None
        elif node.type == "paragraph":
            text = inline(node.children[0], soft_hyphens=True)
            if text.startswith("<b>Table "):
                caption = Paragraph(text, CAPTION)
            else:
                yield Paragraph(text, BODY)
        else:
            yield items(node)
            yield Spacer(1, 4)


def make_pdf(source: Path, target: Path) -> None:
    """Write the PDF of the Markdown file ``source`` to ``target``."""
    root = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(source.read_text(encoding="utf-8")))
    title = inline(root.children[0].children[0])
    Report(target, title).build(list(story(root)))


if __name__ == "__main__":
    make_pdf(HERE / "ansholm.md", HERE / "ansholm.pdf")
