"""What a caller who showed a good key may do."""

from dataclasses import dataclass

from turnout.domain.governance.rate_limit import UNLIMITED, RateLimits
from turnout.domain.governance.scope import ANYTHING, Scope
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to call; `key_name` tells whose it is, and is no secret.

    `key` is the AccessKey that gives it, None for a key of the configuration file, which has a
    `key_digest`, and for none at all. Names may go to other keys in time; `tenant` stands for one
    bearer for ever.
    """

    key_name: str
    key_digest: str = ""
    key: KeyId | None = None
    team: str | None = None
    project: str | None = None
    scope: Scope = ANYTHING
    limits: RateLimits = UNLIMITED

    @property
    def tenant(self) -> str:
        """Return whose answers those are that the bearer gets: nobody else may have them."""
        return self.key or self.key_digest or self.key_name


ANONYMOUS = Grant("anonymous")
"""Every caller's grant where no access key is set."""


class AccessDenied(Exception):
    """The caller showed no key, or not a good one. `message` never repeats what was shown."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AccessUnknown(Exception):
    """Nobody can tell now whether a key is good: the store that knows it is away."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
