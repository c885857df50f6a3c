import pytest

from turnout.interfaces.control.csv_rows import csv_text


@pytest.mark.parametrize(
    "cell, text",
    [
        ("plain", "plain"),
        ("a,b", '"a,b"'),
        ('say "hi"', '"say ""hi"""'),
        ("two\nlines", '"two\nlines"'),
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        (-1.5, "-1.5"),
        (None, ""),
    ],
)
def test_cells_arrive_as_they_are_and_calculate_nothing(cell: object, text: str) -> None:
    assert csv_text([[cell, 1]]) == f"{text},1\r\n"
