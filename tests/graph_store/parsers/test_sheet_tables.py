from longreader.graph_store.parsers.sheet_tables import SheetRow, sheet_blocks


def texts(*rows: list[object]) -> list[str]:
    sheet = [
        SheetRow(number, {i: str(cell) for i, cell in enumerate(row) if cell is not None})
        for number, row in enumerate(rows)
    ]
    return [block.text for block in sheet_blocks(sheet, 1)]


def test_blank_rows_part_tables_and_blank_columns_around_them_go() -> None:
    found = texts([None, "Catch"], [None, "Year", "Tons"], [None, 1907, 12], [], [None, None, "Note"])
    assert found == ["Catch", "Year | Tons\n1907 | 12", "Note"]


def test_a_long_table_repeats_its_head() -> None:
    rows = [[f"Boat {i}", i, i * 2] for i in range(100)]
    found = texts(["Boat", "Nets", "Ropes"], *rows)
    assert len(found) > 5
    assert all(text.startswith("Boat | Nets | Ropes\n") for text in found)
    assert [line for text in found for line in text.split("\n")[1:]] == [" | ".join(map(str, row)) for row in rows]


def test_figures_are_no_head() -> None:
    found = texts(*([i, i * i] for i in range(100)))
    assert "\n".join(found).split("\n") == [f"{i} | {i * i}" for i in range(100)]


def test_tables_side_by_side_are_parted_and_a_gap_in_a_table_is_kept() -> None:
    gap = None
    found = texts(
        ["Year", "Tons"],
        [1907, 12],
        [1908, 13, gap, "Boat", "Crew"],
        [1909, 14, gap, "Teal", 4],
    )
    assert found == ["Year | Tons\n1907 | 12\n1908 | 13\n1909 | 14", "Boat | Crew\nTeal | 4"]
    found = texts(["Item", "Note", gap, "1907", "1908"], ["Nets", "a", gap, 1, 2], ["Ropes", "b", gap, 3, 4])
    assert found == ["Item | Note | 1907 | 1908\nNets | a | 1 | 2\nRopes | b | 3 | 4"]
