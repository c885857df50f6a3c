"""Access keys of a store in memory."""

from copy import deepcopy
from types import TracebackType
from typing import Self

from tests.fakes.system import FrozenClock
from turnout.application.ports.access_keys import KeyChanges, MintedToken
from turnout.application.snapshot.key_ring import KeyRing
from turnout.domain.governance.access_key import AccessKey, KeySettings, TokenMark
from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import KeyId

NOW = FrozenClock().epoch_seconds()


class PlainTokens:
    """AccessTokens that anybody could make: `token-N`, whose digest is the text reversed."""

    def __init__(self) -> None:
        self._minted = 0
        self._named = 0
        self.checked = 0

    def mint(self) -> MintedToken:
        self._minted += 1
        text = f"token-{self._minted}"
        return MintedToken(text, TokenMark(f"p{self._minted}", text[::-1]))

    def new_id(self) -> KeyId:
        self._named += 1
        return KeyId(f"key_{self._named}")

    def prefix(self, text: str) -> str | None:
        return f"p{text[6:7]}" if text.startswith("token-") else None

    def is_marked(self, text: str, mark: TokenMark) -> bool:
        self.checked += 1
        return mark.digest == text[::-1]


def ring_of(
    *names: str,
    clock: FrozenClock | None = None,
    tokens: PlainTokens | None = None,
    trust_seconds: float = 3600.0,
    heard: bool = True,
) -> tuple[KeyRing, tuple[str, ...]]:
    """Return a ring with a key for each of `names`, and their tokens."""
    tokens = tokens or PlainTokens()
    ring = KeyRing(tokens, clock or FrozenClock(), trust_seconds)
    minted = [tokens.mint() for _ in names]
    keys = tuple(
        AccessKey.issue(tokens.new_id(), KeySettings(name), token.mark, NOW)
        for name, token in zip(names, minted, strict=True)
    )
    if heard:
        ring.take(KeyChanges(len(keys), keys))
    return ring, tuple(token.text for token in minted)


class FakeKeyStore:
    """What KeyWork, KeyView and KeySource share; `events` are those that were committed."""

    def __init__(self) -> None:
        self.keys: dict[KeyId, AccessKey] = {}
        self.events: list[DomainEvent] = []
        self.versions: dict[KeyId, int] = {}

    def begin(self) -> "FakeKeyWork":
        return FakeKeyWork(self)

    async def changes(self, since: int) -> KeyChanges:
        new = sorted((v, id) for id, v in self.versions.items() if v > since)
        keys = tuple(deepcopy(self.keys[id]) for _, id in new)
        return KeyChanges(new[-1][0] if new else since, keys)

    async def list(self) -> list[AccessKey]:
        return list(self.keys.values())

    async def get(self, id: KeyId) -> AccessKey | None:
        return self.keys.get(id)


class FakeKeyWork:
    """Saves on commit alone."""

    def __init__(self, store: FakeKeyStore) -> None:
        self._store = store
        self._saved: dict[KeyId, AccessKey] = {}
        self.keys = self

    async def get(self, id: KeyId) -> AccessKey | None:
        return self._store.keys.get(id)

    async def save(self, key: AccessKey) -> None:
        self._saved[key.id] = key

    async def commit(self) -> None:
        self._store.keys |= self._saved
        for key in self._saved.values():
            self._store.versions[key.id] = max(self._store.versions.values(), default=0) + 1
            self._store.events += key.collect()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
