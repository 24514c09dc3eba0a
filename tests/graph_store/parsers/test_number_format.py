import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.parsers.number_format import shown_number


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0;(#,##0)", "(1,235)"),
        ("0", "#,##0;(#,##0);-", "-"),
        ("0", '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$-"),
        ("0.256", "0.0%", "25.6%"),
        ("1234567", '$#,##0.0,,"M"', "$1.2M"),
        ("5", "000", "005"),
        ("3.50", "0.##", "3.5"),
        ("12", '0 "items"', "12 items"),
        ("1200", "[$€-407] #,##0", "€ 1,200"),
        ("-0.2", "0", "0"),
        ("0.30000000000000004", "General", "0.3"),
        ("123456789012", "General", "123456789012"),
        ("45356", "yyyy-mm-dd", "2024-03-05"),
        ("45356.5", "d mmm yyyy h:mm AM/PM", "5 Mar 2024 12:00 PM"),
        ("45356", "[$-409]mmmm d\\, yyyy;@", "March 5, 2024"),
        ("1.25", "[h]:mm", "30:00"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("n/a", "0.00", "n/a"),
    ],
)
def test_numbers_are_shown_as_spreadsheets_show_them(value: str, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


def test_days_from_1904() -> None:
    assert shown_number("0", "yyyy-mm-dd", from_1904=True) == "1904-01-01"


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(st.floats().map(repr), st.integers().map(str), st.text(max_size=5)),
    st.text(alphabet='#0?,.%;"\\_*[]hmsdyE+-/@ $AP', max_size=12),
)
def test_no_number_and_no_code_fails(value: str, code: str) -> None:
    assert isinstance(shown_number(value, code), str)
