import io
import threading

import pytest
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.errors import DamagedInput, EncryptedInput, NoTextInput, TooLargeInput
from longreader.graph_store.parsers import parse
from longreader.graph_store.parsers.pdf_layout import layout
from longreader.graph_store.parsers.pdf_lines import lines_of
from longreader.graph_store.parsers.pdf_words import Word
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

PROSE = (
    "The harbour of the island was quiet that morning and the boats lay side by side along the wall. "
    "Nobody had gone out since the storm. The keeper of the light wrote down the height of the water twice a day, "
    "and carried the book to the office on Mondays. "
)


class Pdf:
    """Draws lines of text on pages."""

    def __init__(self, **options) -> None:
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, **options)
        self.page = 1

    def line(self, x: float, y: float, text: str, size: float = 10, font: str = "Times-Roman") -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def lines(self, x: float, y: float, texts: list[str], leading: float = 12) -> float:
        for text in texts:
            self.line(x, y, text)
            y -= leading
        return y

    def row(self, y: float, label: str, *cells: str) -> None:
        self.line(60, y, label)
        for i, cell in enumerate(cells):
            self.canvas.drawRightString(380 + 80 * i, y, cell)

    def end_page(self) -> None:
        self.canvas.showPage()
        self.page += 1

    def parse(self, **limits) -> ParsedDocument:
        return parse(self.bytes(), "file.pdf", **limits)

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._buffer.getvalue()


def wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def blocks(parsed: ParsedDocument) -> list[str]:
    return parsed.text.split("\n\n")


def test_wrapped_lines_become_paragraphs_by_their_distance_and_by_their_indent() -> None:
    pdf = Pdf()
    y = pdf.lines(60, 780, wrapped(PROSE, 80))
    y = pdf.lines(60, y - 12, wrapped(PROSE, 80))
    first, *rest = wrapped(PROSE, 78)
    pdf.line(80, y, first)
    pdf.lines(60, y - 12, rest)
    assert blocks(pdf.parse()) == [PROSE.strip()] * 3


def test_headings_by_size_and_weight() -> None:
    pdf = Pdf()
    pdf.line(60, 790, "The Year of the Storm", 18)
    y = pdf.lines(60, 760, wrapped(PROSE, 80))
    pdf.line(60, y - 14, "What the keeper saw", font="Times-Bold")
    pdf.lines(60, y - 28, wrapped(PROSE, 80))
    parsed = pdf.parse()
    assert blocks(parsed) == ["The Year of the Storm", PROSE.strip(), "What the keeper saw", PROSE.strip()]
    found = [(heading.span.of(parsed.text), heading.level) for heading in parsed.headings]
    assert found == [("The Year of the Storm", 1), ("What the keeper saw", 2)]
    assert parsed.title == "The Year of the Storm"


def test_the_title_is_that_of_the_file_unless_it_is_a_file_name() -> None:
    pdf = Pdf()
    pdf.canvas.setTitle("A Good Title")
    pdf.line(60, 780, "Words.")
    assert pdf.parse().title == "A Good Title"
    pdf = Pdf()
    pdf.canvas.setTitle("Microsoft Word - draft.doc")
    pdf.line(60, 780, "Words.")
    assert pdf.parse().title == "file"


def test_a_numbered_heading_is_no_title_and_sizes_next_to_the_same_are_one_level() -> None:
    pdf = Pdf()
    y = pdf.lines(60, 790, wrapped(PROSE, 80))
    pdf.line(60, y - 20, "On Harbours", 16)
    pdf.line(60, y - 50, "1 The Wall", 18)
    y = pdf.lines(60, y - 70, wrapped(PROSE, 80))
    pdf.line(60, y - 20, "2 The Light", 17.4)
    pdf.lines(60, y - 40, wrapped(PROSE, 80))
    parsed = pdf.parse()
    assert parsed.title == "On Harbours"
    assert [heading.level for heading in parsed.headings] == [2, 1, 1]


@pytest.mark.parametrize("shift", [0, 5])
def test_two_columns_are_read_one_after_the_other(shift: float) -> None:
    left = wrapped(PROSE * 2 + "The left column ends here.", 45)
    right = wrapped("Here the right one starts. " + PROSE * 2, 45)
    pdf = Pdf()
    pdf.line(60, 800, "A title over both of the columns, from edge to edge of the whole page", 12)
    for i in range(max(len(left), len(right))):
        if i < len(left):
            pdf.line(60, 770 - 12 * i, left[i])
        if i < len(right):
            pdf.line(310, 770 - shift - 12 * i, right[i])
    text = pdf.parse().text
    assert " | " not in text
    assert "The left column ends here." in text.replace("\n\n", " ")
    assert text.index("left column ends") < text.index("Here the right one starts")
    assert text.startswith("A title over both")


def test_table_rows_stay_on_a_line() -> None:
    pdf = Pdf()
    y = pdf.lines(60, 790, wrapped(PROSE, 80)) - 12
    rows = [
        ("", "2016", "2017"),
        ("Net product sales", "$ 94,665", "$ 118,573"),
        ("Operating expenses:",),
        ("Cost of sales", "88,265", "111,934"),
        ("Interest expense", "(484)", "(848)"),
        ("Change", "4.5 %", "—"),
    ]
    for i, row in enumerate(rows):
        pdf.row(y - 12 * i, *row)
    pdf.lines(60, y - 12 * len(rows) - 14, wrapped(PROSE, 80))
    assert blocks(pdf.parse())[1].split("\n") == [
        "| 2016 | 2017",
        "Net product sales | $ 94,665 | $ 118,573",
        "Operating expenses:",
        "Cost of sales | 88,265 | 111,934",
        "Interest expense | (484) | (848)",
        "Change | 4.5% | —",
    ]


def test_a_currency_sign_apart_goes_with_its_number_and_a_bracket_with_the_one_before() -> None:
    pdf = Pdf()
    for y, cells in ((700, ("$", "94,665")), (688, ("", "88,265"))):
        pdf.line(60, y, "Net sales")
        pdf.line(300, y, cells[0])
        pdf.canvas.drawRightString(380, y, cells[1])
        pdf.canvas.drawRightString(460, y, "(12")
        pdf.line(480, y, ")%")
    assert blocks(pdf.parse())[0].split("\n") == ["Net sales | $94,665 | (12)%", "Net sales | 88,265 | (12)%"]


def story(number: int) -> str:
    names = ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus")
    sentences = (f"{names[number]} met {name} by the water and spoke about {name}'s boat." for name in names)
    return " ".join(sentences)


def test_repeated_heads_feet_and_page_numbers_are_left_out() -> None:
    pdf = Pdf()
    for number in range(1, 7):
        pdf.line(60, 815, "The Keeper's Yearbook")
        pdf.lines(60, 780, wrapped(story(number), 80))
        pdf.line(60, 30, f"Printed in 2019, sheet {number} of the book")
        pdf.line(290, 15, str(number))
        pdf.end_page()
    parsed = pdf.parse()
    assert "Yearbook" not in parsed.text
    assert "sheet" not in parsed.text
    assert blocks(parsed) == [story(number) for number in range(1, 7)]


def test_numbers_that_do_not_count_the_pages_stay() -> None:
    pdf = Pdf()
    for number in ("17", "4", "250"):
        pdf.lines(60, 780, wrapped(story(len(number)), 80))
        pdf.line(60, 100, number)
        pdf.end_page()
    text = pdf.parse().text
    assert [word for word in ("17", "4", "250") if word not in text] == []


def test_words_cut_at_line_ends_are_made_whole_and_compounds_keep_their_hyphen() -> None:
    pdf = Pdf()
    lines = [
        "A long-term plan for the infor-",
        "mation desk was made, with a well-",
        "known builder and on a short-",
        "term loan. It is well known.",
        "Every short visit has a term.",
    ]
    pdf.lines(60, 700, lines)
    text = pdf.parse().text
    assert "the information desk" in text
    assert "a well-known builder" in text
    assert "a short-term loan" in text


def test_a_paragraph_runs_over_a_page_break_and_pages_tile() -> None:
    pdf = Pdf()
    pdf.lines(60, 780, ["The first page ends in the middle of", "a sentence that is"])
    pdf.end_page()
    pdf.lines(60, 780, ["not yet over. Then it is."])
    pdf.end_page()
    pdf.end_page()
    pdf.lines(60, 780, ["The last page."])
    parsed = pdf.parse()
    assert blocks(parsed)[0] == "The first page ends in the middle of a sentence that is not yet over. Then it is."
    pieces = [page.span.of(parsed.text) for page in parsed.pages]
    assert "".join(pieces) == parsed.text
    assert [page.number for page in parsed.pages] == list(range(1, len(pieces) + 1))
    assert pieces[0].endswith("sentence that is ")
    assert pieces[1].startswith("not yet over")
    assert pieces[2:] == ["", "The last page."]


def test_raised_numbers_stay_in_their_line() -> None:
    pdf = Pdf()
    pdf.line(60, 700, "The height of the water")
    pdf.line(160, 704, "1", 6)
    pdf.line(166, 700, "was written down.")
    assert pdf.parse().text in {
        "The height of the water1 was written down.",
        "The height of the water 1 was written down.",
        "The height of the water 1was written down.",
    }


def test_a_turned_page_is_read_as_it_is_seen() -> None:
    pdf = Pdf()
    pdf.canvas.setPageRotation(90)
    pdf.canvas.rotate(90)
    pdf.lines(60, -100, ["Words on a page", "that is turned."])
    assert pdf.parse().text == "Words on a page that is turned."


def test_bad_files_are_told_apart() -> None:
    pdf = Pdf()
    pdf.canvas.rect(10, 10, 50, 50)
    pdf.end_page()
    pdf.canvas.rect(10, 10, 50, 50)
    with pytest.raises(NoTextInput, match="2 pages") as caught:
        pdf.parse()
    assert "OCR" in caught.value.hint
    locked = Pdf(encrypt=StandardEncryption("secret", canPrint=0))
    locked.line(60, 700, "Words")
    with pytest.raises(EncryptedInput):
        locked.parse()
    with pytest.raises(DamagedInput):
        parse(b"%PDF-1.7\n1 0 obj <<broken", "a.pdf")
    long_one = Pdf()
    for _ in range(3):
        long_one.line(60, 700, "Words")
        long_one.end_page()
    with pytest.raises(TooLargeInput, match="limit is 2"):
        long_one.parse(max_pages=2)


def test_threads_take_turns() -> None:
    pdf = Pdf()
    for _ in range(5):
        pdf.lines(60, 780, wrapped(PROSE, 80))
        pdf.end_page()
    data = pdf.bytes()
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(parse(data, "a.pdf").text)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [texts[0]] * 6


def test_numbers_side_by_side_in_a_row_are_cells_of_their_own() -> None:
    pdf = Pdf()
    for y, numbers in ((700, "63,425 66,587 −1,961 0"), (688, "1,425 6,587 −3,961 n/a")):
        pdf.line(60, y, "Exchanges")
        pdf.line(300, y, numbers.replace("−", "-"), 8)
    assert pdf.parse().text == "Exchanges | 63,425 | 66,587 | -1,961 | 0\nExchanges | 1,425 | 6,587 | -3,961 | n/a"


def test_narrow_gaps_between_cells_and_empty_cells() -> None:
    pdf = Pdf()
    pdf.lines(60, 780, wrapped(PROSE, 80))
    rows = [
        ("No.", "Name", "Row", "Output"),
        ("T1", "Abigail", "North Row", "250"),
        ("T4", "Dorcas", "Kettle Row", "400"),
        ("All", "", "", "650"),
    ]
    for i, row in enumerate(rows):
        for x, text in zip((60, 84, 128, 184), row, strict=True):
            pdf.line(x, 700 - 12 * i, text, 9)
    assert blocks(pdf.parse())[1].split("\n") == [
        "No. | Name | Row | Output",
        "T1 | Abigail | North Row | 250",
        "T4 | Dorcas | Kettle Row | 400",
        "All |  |  | 650",
    ]


def test_a_head_over_several_lines_is_one_row() -> None:
    pdf = Pdf()
    y = pdf.lines(60, 790, wrapped(PROSE, 80)) - 30
    heads = [("", "", "Other", ""), ("", "Northern", "Southern", ""), ("", "Harbours", "Harbours", "Total")]
    for i, row in enumerate(heads):
        pdf.row(y - 10 * i, *row)
    pdf.row(y - 40, "1901")
    pdf.row(y - 54, "Boats", "141", "27", "168")
    pdf.row(y - 68, "Nets", "4", "1,176", "1,180")
    assert blocks(pdf.parse())[1].split("\n") == [
        "| Northern Harbours | Other Southern Harbours | Total",
        "1901",
        "Boats | 141 | 27 | 168",
        "Nets | 4 | 1,176 | 1,180",
    ]


def test_tight_heads_part_by_the_columns_below_and_a_head_over_several_does_not() -> None:
    pdf = Pdf()
    pdf.line(205, 724, "Days at sea in every month")
    for x, text in ((205, "August"), (241, "September"), (292, "October")):
        pdf.line(x, 712, text)
    for i, name in enumerate(("Patient Margaret", "Stout Ledger", "Little Teal")):
        pdf.line(60, 700 - 12 * i, name)
        for x, number in ((215, "12"), (255, "14"), (300, "19")):
            pdf.line(x, 700 - 12 * i, number)
    head, table = blocks(pdf.parse())
    assert head == "Days at sea in every month"
    assert table.split("\n") == [
        "| August | September | October",
        "Patient Margaret | 12 | 14 | 19",
        "Stout Ledger | 12 | 14 | 19",
        "Little Teal | 12 | 14 | 19",
    ]


def test_a_label_over_two_lines_is_one_cell() -> None:
    pdf = Pdf()
    pdf.row(700, "Net income", "5,079", "4,059")
    pdf.line(60, 688, "Less: income attributable to noncontrolling")
    pdf.row(676, "interests", "93", "80")
    pdf.line(60, 664, "Other income:")
    pdf.row(652, "from interest", "41", "92")
    assert pdf.parse().text.split("\n") == [
        "Net income | 5,079 | 4,059",
        "Less: income attributable to noncontrolling interests | 93 | 80",
        "Other income:",
        "from interest | 41 | 92",
    ]


def test_a_label_set_tighter_than_the_rows_is_one_cell_wherever_its_figures_stand() -> None:
    pdf = Pdf()
    pdf.row(700, "Net income", "5,079", "4,059")
    pdf.lines(60, 684, ["Selling,", "Marketing"], 10)
    pdf.row(664, "and Stores", "(7)", "—")
    pdf.row(648, "Grants of the", "93", "80")
    pdf.line(60, 638, "County of Ansholm")
    pdf.line(60, 622, "Openings")
    pdf.line(70, 606, "Home")
    pdf.row(601, "", "13", "9")
    pdf.row(585, "Total", "22", "16")
    assert pdf.parse().text.split("\n") == [
        "Net income | 5,079 | 4,059",
        "Selling, Marketing and Stores | (7) | —",
        "Grants of the County of Ansholm | 93 | 80",
        "Openings",
        "Home | 13 | 9",
        "Total | 22 | 16",
    ]


def test_rows_set_alike_stay_rows_below_a_section_set_off() -> None:
    pdf = Pdf()
    for y, label in ((700, "Assets"), (664, "Debts")):
        pdf.line(60, y, label)
        pdf.row(y - 12, "Stores", "212", "198")
        pdf.row(y - 24, "Boats", "391", "402")
    assert pdf.parse().text.replace("\n\n", "\n").split("\n") == [
        "Assets",
        "Stores | 212 | 198",
        "Boats | 391 | 402",
        "Debts",
        "Stores | 212 | 198",
        "Boats | 391 | 402",
    ]


def test_a_head_with_years_below_and_under_a_head_over_several_columns() -> None:
    pdf = Pdf()
    pdf.canvas.drawCentredString(385, 730, "Weeks of the ferries")
    for i, name in enumerate(("Ended on", "Ended on", "At prior")):
        pdf.canvas.drawRightString(380 + 80 * i, 716, name)
    pdf.row(705, "", "2021", "2020", "2019")
    pdf.row(690, "Stores", "212", "198", "7")
    pdf.row(676, "Boats", "391", "402", "8")
    assert pdf.parse().text.split("\n")[-3:] == [
        "| Ended on 2021 | Ended on 2020 | At prior 2019",
        "Stores | 212 | 198 | 7",
        "Boats | 391 | 402 | 8",
    ]


def test_labels_indented_past_the_others_are_one_column_with_them() -> None:
    pdf = Pdf()
    pdf.row(700, "", "2017", "2018")
    pdf.line(60, 686, "State:")
    pdf.row(672, "Due", "211", "322")
    pdf.row(658, "Late", "26", "5")
    pdf.line(120, 644, "Provision for taxes, net")
    pdf.row(644, "", "185", "327")
    assert pdf.parse().text.split("\n") == [
        "| 2017 | 2018",
        "State:",
        "Due | 211 | 322",
        "Late | 26 | 5",
        "Provision for taxes, net | 185 | 327",
    ]


def test_a_table_that_runs_to_the_left_has_its_labels_first() -> None:
    rows = [("תאריך", "מסירה", "1403/09/19"), ("מספר", "ישיבה", "436"), ("יועץ", "הבורסה", "ארמון")]
    words = []
    for i, (first, second, value) in enumerate(rows):
        top = 100 + 14 * i
        words += [
            Word(first, 440, 480, top, top + 10),
            Word(second, 396, 436, top, top + 10),
            Word(value, 120, 170, top, top + 10),
        ]
    [table] = layout([lines_of(words, 1)])
    assert table.text.split("\n") == ["תאריך מסירה | 1403/09/19", "מספר ישיבה | 436", "יועץ הבורסה | ארמון"]


def test_tables_below_each_other_have_their_own_columns() -> None:
    pdf = Pdf()
    for y, cells in ((700, ("Staff", "742", "715")), (688, ("Vessels", "214", "187"))):
        for x, text in zip((60, 200, 260), cells, strict=True):
            pdf.line(x, y, text)
    pdf.line(60, 672, "Table 2. The balance")
    for y, cells in ((656, ("Stores", "212", "198")), (644, ("Debtors", "391", "402"))):
        for x, text in zip((60, 230, 290), cells, strict=True):
            pdf.line(x, y, text)
    assert pdf.parse().text.replace("\n\n", "\n").split("\n") == [
        "Staff | 742 | 715",
        "Vessels | 214 | 187",
        "Table 2. The balance",
        "Stores | 212 | 198",
        "Debtors | 391 | 402",
    ]


def test_a_running_head_goes_with_its_changing_part_above_one_column_and_above_two() -> None:
    pdf = Pdf()
    for number in range(6):
        pdf.line(60, 815, "The Keeper's Yearbook", 8)
        pdf.canvas.drawRightString(540, 815, f"Chapter {'ABCDEF'[number]}")
        text = wrapped(story(number), 80 if number < 4 else 40)
        pdf.lines(60, 780, text)
        if number >= 4:
            pdf.lines(320, 775, wrapped(f"Here the right one of {number} starts. " + story(number), 40))
        pdf.end_page()
    text = pdf.parse().text
    assert "Yearbook" not in text
    assert "Chapter" not in text
    assert " | " not in text


def test_lines_of_two_columns_at_odd_heights_do_not_mix() -> None:
    left, right = wrapped(PROSE * 3, 45), wrapped("Right. " + story(2) + story(4), 45)
    for shift in range(0, 15, 2):
        pdf = Pdf()
        pdf.lines(60, 770, left, 14.5)
        pdf.lines(310, 770 - shift, right, 14.5)
        text = pdf.parse().text.replace("\n\n", " ")
        assert text == f"{(PROSE * 3).strip()} {' '.join(right)}"


def test_text_beside_a_chart_is_parted_and_a_table_of_words_is_not() -> None:
    pdf = Pdf()
    pdf.lines(60, 770, wrapped(PROSE * 2, 45), 13)
    for i in range(6):
        pdf.line(310, 765 - 17 * i, str(6 - i))
    pdf.lines(310, 655, wrapped("Note: the heights were read by the keeper of the light on every day. " * 4, 45), 13)
    assert blocks(pdf.parse())[0] == (PROSE * 2).strip()
    pdf = Pdf()
    rows = [
        ("The keeper of the light", "writes down the height of the water"),
        ("The master of a boat", "goes out"),
        ("The schoolmaster of the island", "counts the days of the storm"),
        ("The old man of the tower", "sleeps until noon on all of them"),
        ("The girl", "watches the sea and the boats"),
    ]
    for i, (name, work) in enumerate(rows):
        pdf.line(60, 700 - 13 * i, name)
        pdf.line(250, 700 - 13 * i, work)
    assert pdf.parse().text.split("\n") == [" | ".join(row) for row in rows]


def test_a_name_goes_over_a_page_break_and_a_finished_paragraph_does_not() -> None:
    pdf = Pdf()
    pdf.lines(
        60,
        780,
        ["The bolts were of the right steel, and the laboratory in which", "we had them tested, where Dr Anselm"],
    )
    pdf.end_page()
    pdf.lines(
        60, 780, ["Rosenkrantz-Achterberg looked at them, found nothing. That was", "all there was to say about it"]
    )
    pdf.end_page()
    pdf.lines(60, 780, ["Another thing is told here, and it is told in a few words."])
    assert blocks(pdf.parse()) == [
        "The bolts were of the right steel, and the laboratory in which we had them tested, where Dr Anselm "
        "Rosenkrantz-Achterberg looked at them, found nothing. That was all there was to say about it",
        "Another thing is told here, and it is told in a few words.",
    ]


def test_hyphens_at_line_ends_follow_the_habit_of_the_document() -> None:
    cutting = ["The information was in the infor-", "mation desk, and the most stub-", "born man was born with a stub."]
    pdf = Pdf()
    pdf.lines(60, 700, cutting)
    assert "the most stubborn man" in pdf.parse().text
    pdf = Pdf()
    pdf.lines(60, 700, ["A stock-based plan is a stock-", "based one, and a stub-", "born man was born with a stub."])
    assert "a stub-born man" in pdf.parse().text
    pdf = Pdf()
    pdf.lines(60, 700, [*cutting, "An Anglo-", "Saxon page. See https://a.example/infor-", "mation of it."])
    text = pdf.parse().text
    assert "Anglo-Saxon" in text
    assert "https://a.example/infor-mation" in text
