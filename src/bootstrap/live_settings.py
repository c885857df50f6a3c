"""What reaches planes while they run: keys, secrets, and how the last reload went."""

import mmap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from turnout.application.ports.alerting import AlertSettings
from turnout.application.relay.admission import Admission
from turnout.application.relay.limit_book import LimitBook
from turnout.bootstrap.telling_settings import LogSettings
from turnout.domain.governance.limit_rules import NO_LIMITS, LimitRules
from turnout.infrastructure.secrets.references import ReferencedSecrets

MOST_BYTES = 4 * 1024 * 1024
_NUMBER_BYTES = 8
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReloadStatus:
    """How the file is followed. Times are seconds since 1970; `faults` are the last try's, if bad.

    `needs_restart` names settings that have changed and are not in force.
    """

    watching: bool = False
    files: tuple[str, ...] = ()
    applied_at: float | None = None
    failed_at: float | None = None
    faults: tuple[str, ...] = ()
    needs_restart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What a plane takes over without a restart.

    `fingerprint` changes when a file does: then references may stand for something else.
    """

    access_keys: tuple[str, ...] = field(default=(), repr=False)
    literal_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    fingerprint: str = ""
    status: ReloadStatus = ReloadStatus()
    alerts: AlertSettings = field(default_factory=AlertSettings)
    limits: LimitRules = NO_LIMITS
    logs: LogSettings = field(default_factory=LogSettings)
    trace_share: float = 0.0

    def to_json(self) -> bytes:
        """Write for the pipe. Raises ValueError if it is more than a board holds."""
        text = msgspec.json.encode(self)
        if len(text) > MOST_BYTES:
            raise ValueError(f"keys and secrets take {len(text)} bytes, expected {MOST_BYTES}")
        return text


class LiveBoard:
    """Memory that a process shares with those that it forks: one writes, all of them read.

    A reader that meets a writer halfway sees that the digest is wrong, and looks again later. Where
    processes are not forked, each has a board of its own, on which nothing appears.
    """

    def __init__(self) -> None:
        head = 2 * _NUMBER_BYTES + _DIGEST_BYTES
        self._memory = mmap.mmap(-1, head + MOST_BYTES)
        self._seen = 0

    def __reduce__(self) -> "tuple[type[LiveBoard], tuple[()]]":
        return LiveBoard, ()

    def put(self, text: bytes) -> None:
        """Show `text` from now on."""
        memory, number = self._memory, self._number() + 1
        memory.seek(0)
        memory.write(number.to_bytes(_NUMBER_BYTES) + len(text).to_bytes(_NUMBER_BYTES))
        memory.write(_digest(number, text) + text)

    def is_blank(self) -> bool:
        """Tell whether nothing has been shown yet: the start is not over."""
        return self._number() == 0

    def take(self) -> bytes | None:
        """Return the text if it is new to this process."""
        memory, number = self._memory, self._number()
        if number == self._seen:
            return None
        memory.seek(_NUMBER_BYTES)
        size = int.from_bytes(memory.read(_NUMBER_BYTES))
        digest, text = memory.read(_DIGEST_BYTES), memory.read(min(size, MOST_BYTES))
        if digest != _digest(number, text):
            return None
        self._seen = number
        return text

    def _number(self) -> int:
        return int.from_bytes(self._memory[:_NUMBER_BYTES])


@dataclass(slots=True)
class LiveFollower:
    """Brings one process to what its board says."""

    board: LiveBoard
    admission: Admission
    secrets: ReferencedSecrets
    live: LiveSettings = LiveSettings()
    limits: LimitBook | None = None
    heed: Callable[[LiveSettings], None] | None = None

    def __call__(self) -> bool:
        """Take over what is new; tell whether references stand for something else now."""
        changed = self.secrets.take_change()
        text = self.board.take()
        if text is None:
            return changed
        before, self.live = self.live, msgspec.json.decode(text, type=LiveSettings)
        self.admission.renew(self.live.access_keys)
        if self.limits is not None and before.limits != self.live.limits:
            self.limits.renew(self.live.limits)
        self.secrets.literals = self.live.literal_secrets
        if self.heed is not None:
            self.heed(self.live)
        return changed or before.fingerprint != self.live.fingerprint


Follow = Callable[[], bool]
"""Takes over what is new; tells whether the snapshot is to be compiled anew."""


def _digest(number: int, text: bytes) -> bytes:
    return sha256(number.to_bytes(_NUMBER_BYTES) + text).digest()
