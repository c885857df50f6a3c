"""What the control plane calls to tell of usage."""

from dataclasses import dataclass

from turnout.application.queries.attempts import Attempts
from turnout.application.queries.usage import Usage


@dataclass(frozen=True, slots=True)
class UsageHandlers:
    """The ledger's sums, and its attempts."""

    usage: Usage
    attempts: Attempts
