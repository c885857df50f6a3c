"""What happens to access keys."""

from dataclasses import dataclass

from turnout.domain.shared.events import DomainEvent
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class AccessKeyIssued(DomainEvent):
    """A key can be used."""

    key: KeyId
    name: str


@dataclass(frozen=True, slots=True)
class AccessKeyRevised(DomainEvent):
    """A key's settings have changed; `changed` names them."""

    key: KeyId
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessKeyRotated(DomainEvent):
    """A key has a new token; the one before goes on for `overlap_seconds`."""

    key: KeyId
    overlap_seconds: float


@dataclass(frozen=True, slots=True)
class AccessKeyRevoked(DomainEvent):
    """A key can be used no more, for ever."""

    key: KeyId
