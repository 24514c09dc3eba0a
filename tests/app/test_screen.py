import pytest
from longreader.app.cli import screen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\t c", "a b c"),
        ("red \x1b[31mtext\x1b[0m", "red [31mtext [0m"),
        ("title\x9b2Jx", "title 2Jx"),
        ("right\u202eleft", "right left"),
    ],
)
def test_plain_text_is_one_line_without_control_characters(text: str, shown: str) -> None:
    assert screen.plain(text) == shown


def test_plain_lines_keeps_the_lines() -> None:
    assert screen.plain_lines("one\x1b[2J\r\ntwo  \n\n three") == "one [2J\ntwo\n\n three"


def test_sizes_and_counts_read_well() -> None:
    assert [screen.size(count) for count in (1_117_320_768, 22_000_000, 999)] == ["1.1 GB", "22 MB", "0 MB"]
    assert [screen.counted(count, "page") for count in (0, 1, 1_200)] == ["0 pages", "1 page", "1,200 pages"]


def test_what_goes_into_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    rows = screen.table("Id", "Title", cut="Title")
    rows.add_row("d1", screen.cell("a long title " * 40))
    screen.results().print(rows)
    assert "…" not in capsys.readouterr().out


def test_a_table_fits_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    rows = screen.table("Id", "Title", "Pages", numbers=("Pages",), cut="Title")
    rows.add_row("d0123456789", screen.cell("a long title " * 40), "1,200")
    screen.results().print(rows)
    last = capsys.readouterr().out.splitlines()[-1].rstrip()
    assert len(last) <= 60
    assert "d0123456789" in last
    assert last.endswith("1,200")
