import pytest
from longreader.graph_store.quantity import quantities


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on March 5, 2012 and 5 March 2012", ["March 5, 2012", "5 March 2012"]),
        ("in 1871 and the 1880s", ["1871", "1880s"]),
        ("$3.5 billion, €20 and 4.5 percent or 12%", ["$3.5 billion", "€20", "4.5 percent", "12%"]),
        ("2012-03-05", ["2012-03-05"]),
        ("12 km away, 25 basis points", ["12 km", "25 basis points"]),
        ("page 12 of 30, number 1,871,000", []),
    ],
)
def test_quantities(text: str, found: list[str]) -> None:
    assert [span.of(text) for span in quantities(text)] == found
