"""Reads what the pages of docs/ say in tables."""

import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_HEADING = re.compile(r"^#+ `?(?P<name>[^`]+?)`?$")


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str, first_column: str) -> Iterator[tuple[str, list[str]]]:
    """Each row of the tables whose first column is so called, with the heading it stands under."""
    heading, inside = "", False
    for line in text.splitlines():
        found = _HEADING.match(line)
        if found:
            heading = found["name"]
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if not cells:
            inside = False
        elif cells[0] == first_column:
            inside = True
        elif inside and not set(cells[0]) <= {"-"}:
            yield heading, cells


def words(cell: str) -> list[str]:
    """The words in code quotes."""
    return re.findall(r"`([^`]+)`", cell)
