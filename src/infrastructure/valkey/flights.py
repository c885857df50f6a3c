"""ValkeyFlights: which calls some replica is making, as keys that expire."""

from contextlib import suppress

from turnout.application.ports.response_cache import CacheKey
from turnout.infrastructure.valkey.answer_names import answer_name
from turnout.infrastructure.valkey.link import SharedStateAway, ValkeyLink

_IF_OWN = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call({}) end return 0"
_RENEW = _IF_OWN.format("'pexpire', KEYS[1], ARGV[2]")
_RELEASE = _IF_OWN.format("'del', KEYS[1]")


class ValkeyFlights:
    """A SharedFlights behind the link; `owner` is this process's name among all replicas'."""

    __slots__ = ("_link", "_owner")

    def __init__(self, link: ValkeyLink, owner: str) -> None:
        self._link = link
        self._owner = owner

    async def claim(self, key: CacheKey, seconds: float) -> bool:
        """See SharedFlights. While the server is away, every call is one's own."""
        name, milliseconds = self._name(key), _milliseconds(seconds)
        try:
            made = await self._link.ask(
                lambda client: client.set(name, self._owner, px=milliseconds, nx=True)
            )
        except SharedStateAway:
            return True
        return bool(made)

    async def is_claimed(self, key: CacheKey) -> bool:
        """See SharedFlights."""
        name = self._name(key)
        try:
            return bool(await self._link.ask(lambda client: client.exists(name)))
        except SharedStateAway:
            return False

    async def renew(self, key: CacheKey, seconds: float) -> None:
        """See SharedFlights."""
        await self._run(_RENEW, key, str(_milliseconds(seconds)))

    async def release(self, key: CacheKey) -> None:
        """See SharedFlights."""
        await self._run(_RELEASE, key)

    async def _run(self, script: str, key: CacheKey, *values: str) -> None:
        name = self._name(key)
        with suppress(SharedStateAway):
            await self._link.ask(lambda client: client.eval(script, 1, name, self._owner, *values))

    def _name(self, key: CacheKey) -> str:
        return self._link.key("flight", answer_name(key))


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
