"""Where answers are kept for those who ask the same again."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from turnout.domain.inference.request import WireProtocol
from turnout.domain.inference.usage import TokenUsage


class CacheKey(NamedTuple):
    """Whose answer, to what. Nothing of one tenant is ever found under another one's key.

    `tenant` must be a name that is never given to somebody else. `fingerprint` is a digest of the
    whole request.
    """

    tenant: str
    protocol: WireProtocol
    route: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A complete answer as its first caller got it.

    `body` is in the form that `form` names; `named_model` is the model that the answer itself
    names. The rest tells where it came from. `begun_seconds` is in epoch seconds.
    """

    body: bytes
    form: str
    named_model: str | None
    usage: TokenUsage | None
    provider: str
    model: str
    dropped: tuple[str, ...]
    begun_seconds: float


class ResponseCache(Protocol):
    """Keeps answers, as far as there is room. Neither method raises or blocks for long."""

    async def get(self, key: CacheKey) -> CachedAnswer | None:
        """Return what is kept under `key` and has not expired."""
        ...

    async def put(self, key: CacheKey, answer: CachedAnswer, ttl_seconds: float) -> None:
        """Keep `answer` for `ttl_seconds`, in place of an earlier one."""
        ...
