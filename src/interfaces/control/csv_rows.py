"""Tables as CSV (RFC 4180), for spreadsheets."""

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from io import StringIO

from fastapi.responses import StreamingResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return the lines of `rows`; a text that a spreadsheet would calculate gets a `'` before it.

    See OWASP, CSV Injection.
    """
    text = StringIO()
    csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
    return text.getvalue()


def csv_download(
    name: str, columns: Sequence[str], pieces: AsyncIterator[list[Sequence[object]]]
) -> StreamingResponse:
    """Return an answer that sends rows as they come, to be kept as `name`."""

    async def lines() -> AsyncIterator[str]:
        yield csv_text([columns])
        async for rows in pieces:
            yield csv_text(rows)

    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
