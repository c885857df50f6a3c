"""What a run has shown: the callers' outcomes, and what the simulators counted meanwhile."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from turnout.interfaces.chaos.outcome import Ending, Outcome


class Window(Struct, frozen=True):
    """A phase of a provider, from one moment to another, in seconds since 1970."""

    provider: str
    phase: str
    healthy: bool
    from_seconds: float
    to_seconds: float

    def holds(self, outcome: Outcome) -> bool:
        """Whether the request began in it."""
        return self.from_seconds <= outcome.began_seconds < self.to_seconds


class Seen(Struct, frozen=True):
    """What one simulator saw: requests and broken handshakes, callers' hang-ups, what it bills.

    `broken_off_tokens` were billed for answers of which not all was sent.
    """

    requests: int
    aborted: int
    tokens: int
    dollars: str | None
    in_flight: int
    open_connections: int
    broken_off_tokens: int = 0
    largest_answer_tokens: int = 0


class Booked(Struct, frozen=True):
    """What the gateway's ledger has of one provider.

    Tokens and dollars are those that the provider told; of `unreported` attempts it told none.
    """

    attempts: int = 0
    unreported: int = 0
    tokens: int = 0
    dollars: float = 0.0


Books = Mapping[str, Booked]
"""The ledger of one scenario, by provider."""


class Evidence(Struct, frozen=True):
    """Everything that expectations are checked against; nobody looked into `unseen` providers.

    `books` is None where the gateway's ledger cannot be read from here.
    """

    outcomes: Sequence[Outcome]
    seen: dict[str, Seen]
    windows: Sequence[Window]
    unseen: frozenset[str] = frozenset()
    books: Books | None = None

    def during(self, phase: str | None) -> "Evidence":
        """The part of it that concerns requests begun during `provider/phase`."""
        if phase is None:
            return self
        windows = [one for one in self.windows if f"{one.provider}/{one.phase}" == phase]
        outcomes = [one for one in self.outcomes if any(window.holds(one) for window in windows)]
        return Evidence(outcomes, self.seen, self.windows, self.unseen, self.books)

    def ended(self, ending: Ending) -> list[Outcome]:
        """The requests that ended so."""
        return [outcome for outcome in self.outcomes if outcome.ending is ending]
