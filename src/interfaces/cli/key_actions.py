"""What the commands on access keys do, as callables that bootstrap gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits
from turnout.interfaces.cli.where import Where


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is shown; an empty list allows everything."""

    id: str
    name: str
    team: str | None
    project: str | None
    routes: tuple[str, ...]
    models: tuple[str, ...]
    providers: tuple[str, ...]
    networks: tuple[str, ...]
    metadata: Mapping[str, str]
    prefix: str
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    former_prefix: str | None
    former_until: datetime | None
    limits: RateLimits = UNLIMITED


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key, and its token, which nobody can show again."""

    key: KeyRow
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyActions:
    """Each takes first the file that names the store, or a running gateway.

    They raise BadConfiguration when the file or the store is at fault, BadOptions when a rule
    forbids what is asked, and NoAnswer where a gateway does not answer or refuses.
    """

    issue: Callable[[Where, KeySettings], IssuedKey]
    list: Callable[[Where], list[KeyRow]]
    rotate: Callable[[Where, str, float], IssuedKey]
    """Takes a key's id, and for how many seconds its present token stays good."""
    revoke: Callable[[Where, str], None]
    now_seconds: Callable[[], float]
    """Seconds since 1970."""
