"""ValkeyCache: answers that all replicas keep together."""

import msgspec

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.infrastructure.valkey.answer_names import answer_name
from turnout.infrastructure.valkey.link import SharedStateAway, ValkeyLink

MOST_BYTES = 1024 * 1024
"""A longer answer is not kept: it could not be had within the bound on a call."""
FORM = "answer1"
"""Part of every name: another form of what is kept gets another number, and finds nothing old."""

_decoder = msgspec.msgpack.Decoder(CachedAnswer)
_encoder = msgspec.msgpack.Encoder()


class ValkeyCache:
    """A ResponseCache behind the link. While the server is away, it keeps nothing, and finds none.

    An entry expires at the server by itself, and the server's `maxmemory-policy` makes room. Bodies
    are kept as they are: to compress one of 6 kB takes the event loop 0.4 ms, longer than all else
    that is done for it.
    """

    __slots__ = ("_link",)

    def __init__(self, link: ValkeyLink) -> None:
        self._link = link

    async def get(self, key: CacheKey) -> CachedAnswer | None:
        """See ResponseCache. What cannot be read is no answer."""
        name = self._name(key)
        try:
            found = await self._link.ask(lambda client: client.get(name))
            return _decoder.decode(found) if isinstance(found, bytes) else None
        except (SharedStateAway, msgspec.DecodeError):
            return None

    async def put(self, key: CacheKey, answer: CachedAnswer, ttl_seconds: float) -> None:
        """See ResponseCache."""
        name, kept = self._name(key), _encoder.encode(answer)
        if len(kept) > MOST_BYTES:
            return
        milliseconds = max(1, round(ttl_seconds * 1000))
        try:
            await self._link.ask(lambda client: client.set(name, kept, px=milliseconds))
        except SharedStateAway:
            return

    def _name(self, key: CacheKey) -> str:
        return self._link.key(FORM, answer_name(key))
