"""SqlLiveSource: what is new in the store, over a StoreLink."""

from turnout.application.ports.live_source import AttemptLine, Marks, MinuteSums
from turnout.domain.shared.sketch import Sketch
from turnout.infrastructure.persistence.rollup import decode_sketch
from turnout.infrastructure.persistence.store_link import StoreLink

SUMMED = (
    "requests",
    "answered",
    "attempts",
    "failed",
    "cached",
    "shared",
    "saved",
    "input_tokens",
    "output_tokens",
    "cost_nanos",
)
"""The sums that a live page shows."""

_MARKS = """
SELECT
    (SELECT coalesce(max(revision), 0) FROM publication),
    (SELECT coalesce(max(seq), 0) FROM health_sequence),
    (SELECT coalesce(max(number), 0) FROM audit_line)
"""
_MINUTES = f"""
SELECT start, provider, latency, first_token, {", ".join(SUMMED)}
FROM ledger_rollup WHERE resolution = 60 AND start >= ?
"""
_NEWEST = """
SELECT batch, position, at, request, number, route, key_name, team, provider, model, outcome,
    failure, status, seconds, first_token_seconds, input_tokens, output_tokens, cost_nanos
FROM ledger_attempt ORDER BY batch DESC, position DESC LIMIT ?
"""


class SqlLiveSource:
    """A LiveSource."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def marks(self) -> Marks:
        """See LiveSource."""
        rows = await self._link.rows(_MARKS)
        return Marks(*rows[0])

    async def minutes(self, since: int) -> list[MinuteSums]:
        """See LiveSource."""
        found: dict[tuple[int, str], MinuteSums] = {}
        for start, provider, latency, first_token, *sums in await self._link.rows(_MINUTES, since):
            slot = start, provider
            if slot not in found:
                nothing = dict.fromkeys(SUMMED, 0)
                found[slot] = MinuteSums(start, provider, nothing, Sketch(), Sketch())
            whole = found[slot]
            for name, count in zip(SUMMED, sums, strict=True):
                whole.counts[name] += count
            whole.latency.merge(decode_sketch(latency))
            whole.first_token.merge(decode_sketch(first_token))
        return list(found.values())

    async def newest(self, limit: int) -> list[AttemptLine]:
        """See LiveSource. A batch's number is text: pages' numbers hold only 53 bits."""
        rows = await self._link.rows(_NEWEST, limit)
        return [AttemptLine(str(batch), *rest) for batch, *rest in rows]
