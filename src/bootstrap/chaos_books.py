"""What a gateway's ledger has of one scenario, for chaos to hold against what providers bill."""

import asyncio

from turnout.infrastructure.persistence.store_link import StoreLink
from turnout.interfaces.chaos.evidence import Booked, Books

PATIENCE_SECONDS = 15.0
_LOOK_SECONDS = 0.3
"""Longer than attempts wait to be written."""
_BOOKS = """
SELECT provider, count(*),
    sum(CASE WHEN input_tokens IS NULL THEN 1 ELSE 0 END),
    coalesce(sum(input_tokens + output_tokens), 0),
    coalesce(sum(cost_nanos), 0) / 1e9
FROM ledger_attempt WHERE route = ? AND number > 0 GROUP BY provider
"""


async def books_in(link: StoreLink, route: str, attempts: int) -> Books:
    """Return what is written down of `route`, once that is `attempts` and no more come.

    What has not come by then is left out: whoever compares will miss it.
    """
    end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    before: Books = {}
    while True:
        books = await _read(link, route)
        written = sum(one.attempts for one in books.values())
        if written >= attempts and books == before:
            return books
        if asyncio.get_running_loop().time() > end:
            return books
        before = books
        await asyncio.sleep(_LOOK_SECONDS)


async def _read(link: StoreLink, route: str) -> Books:
    try:
        rows = await link.rows(_BOOKS, route)
    except Exception:  # a gateway answers while its store is still being made
        return {}
    return {name: Booked(*sums) for name, *sums in rows}
