from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.parsers import parse

HIGH, LOW = set("bdfhkltABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), set("gjpqy")
WIDTH, SPACE = 500, 300


class BitmapFont:
    """A PDF whose font draws bare boxes for letters, as old TeX files do: no measures, no blanks."""

    def __init__(self, unicode_of: dict[int, str] | None = None) -> None:
        self._unicode_of = unicode_of or {}
        self._shown: list[str] = []

    def line(self, x: float, y: float, text: str, size: float = 10) -> None:
        for word in text.split(" "):
            matrix = f"{size / 1000} 0 0 {size / 1000} {x:.2f} {y:.2f}"
            self._shown.append(f"/F0 1 Tf {matrix} Tm <{word.encode('latin-1').hex()}> Tj")
            x += (len(word) * WIDTH + SPACE) * size / 1000

    def parse(self) -> ParsedDocument:
        content = "BT " + "\n".join(self._shown) + " ET"
        names = " ".join(f"/c{code} {6 + code} 0 R" for code in range(256))
        cmap = "\n".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>" for code, text in self._unicode_of.items())
        to_unicode = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def\n"
            f"1 begincodespacerange <00> <ff> endcodespacerange {len(self._unicode_of)} beginbfchar\n{cmap}\n"
            "endbfchar endcmap end end"
        )
        objects = [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F0 4 0 R>>>>/Contents 5 0 R>>",
            "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 -1]/FontMatrix[1 0 0 -1 0 0]/FirstChar 0/LastChar 255"
            f"/Widths[{f'{WIDTH} ' * 256}]/CharProcs<<{names}>>/Encoding<</Differences[0 "
            + " ".join(f"/c{code}" for code in range(256))
            + f"]>>{'/ToUnicode 262 0 R' if self._unicode_of else ''}>>",
            _stream(content),
            *(_stream(_glyph(chr(code))) for code in range(256)),
            _stream(to_unicode),
        ]
        body = "%PDF-1.4\n"
        places = []
        for number, text in enumerate(objects, start=1):
            places.append(len(body))
            body += f"{number} 0 obj {text} endobj\n"
        table = "".join(f"{place:010} 00000 n \n" for place in places)
        end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
        return parse(
            f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("latin-1"), "file.pdf"
        )


def _stream(text: str) -> str:
    return f"<</Length {len(text)}>>stream\n{text}\nendstream"


def _glyph(character: str) -> str:
    lower = -200 if character in LOW else -140 if character == "," else 0
    upper = 90 if character in ",." else 690 if character in HIGH else 440
    return f"{WIDTH} 0 40 {-upper} 440 {-lower} d1 40 {-upper} 400 {upper - lower} re f"


def test_lines_of_a_font_without_measures_are_whole() -> None:
    font = BitmapFont()
    lines = [
        "In the morning, when the boats, nets, and oars are on the sand,",
        "as we saw, no one was near us or was seen, or came on",
        "by the road, and the light, as ever, was put out. (Nobody knew",
        "why, or cared.) That is all, as far as we can say today.",
    ]
    font.line(60, 740, "1.1 What the keeper saw", size=14)
    for i, line in enumerate(lines):
        font.line(60, 710 - 12 * i, line)
    parsed = font.parse()
    assert parsed.text.split("\n\n") == ["1.1 What the keeper saw", " ".join(lines)]
    assert [heading.span.of(parsed.text) for heading in parsed.headings] == ["1.1 What the keeper saw"]


def test_ligatures_of_a_font_that_does_not_say_what_they_are() -> None:
    font = BitmapFont()
    font.line(60, 740, "The \x0crst o\x0ece is a \x0daw, o\x0b and on.")
    assert font.parse().text == "The first office is a flaw, off and on."


def test_lam_and_alef_in_one_sign_keep_their_order() -> None:
    font = BitmapFont({1: "\u06a9", 2: "\u0627", 3: "\u0644\u0627", 4: "\u06cc"})
    # As such files are written: from left to right.
    font.line(60, 740, "\x04\x03\x02\x01")
    assert font.parse().text == "\u06a9\u0627\u0644\u0627\u06cc"
