"""Gate: where requests for one provider pass, or wait in line for a place.

A request that several providers could serve waits in all their lines at once with one Ticket, and
takes the first place that becomes free. A place passes from who leaves to who has waited longest;
who comes later finds none free, so nobody overtakes, and each free place wakes one and no more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.routing.concurrency_limit import ConcurrencyLimit


@dataclass(slots=True, eq=False)
class Gate:
    """A provider's limit, and the line of those who wait for it, first come first served."""

    limit: ConcurrencyLimit
    _line: "dict[Ticket, None]" = field(default_factory=dict, init=False, repr=False)

    @property
    def waiting(self) -> int:
        """How many wait in line."""
        return len(self._line)

    @property
    def is_idle(self) -> bool:
        """Whether nobody is inside, and nobody waits."""
        return not self._line and self.limit.in_flight == 0

    def revise(self, rules: ConcurrencyRules) -> None:
        """Take new rules; who waits stays in line."""
        self.limit.revise(rules)
        self._serve()

    def enter(self) -> bool:
        """Take a place, if there is one: a free place means that nobody waits."""
        limit = self.limit
        if limit.in_flight >= limit.bound:
            return False
        limit.in_flight += 1
        return True

    def leave(self, held_seconds: float | None) -> None:
        """Give a place back after so long, None where it was not used."""
        self.limit.leave(held_seconds)
        if self._line:
            self._serve()

    def answered(self, began_seconds: float, now_seconds: float, strain: float | None) -> None:
        """See ConcurrencyLimit; a limit that grows lets the next one in."""
        self.limit.answered(began_seconds, now_seconds, strain)
        if self._line:
            self._serve()

    def refused(self, began_seconds: float, now_seconds: float, *, rate_limited: bool) -> None:
        """See ConcurrencyLimit."""
        self.limit.refused(began_seconds, now_seconds, rate_limited=rate_limited)

    def _serve(self) -> None:
        while self._line and self.enter():
            next(iter(self._line)).take(self)


@dataclass(slots=True, eq=False)
class Ticket:
    """A request's standing in lines; `called` is called once, when there is a place for it."""

    called: Callable[[], None]
    gate: Gate | None = field(default=None, init=False)
    """Where the place is, once there is one."""
    _lines: tuple[Gate, ...] = field(default=(), init=False)

    @classmethod
    def draw(cls, gates: Iterable[Gate], called: Callable[[], None]) -> "Ticket | None":
        """Queue up at the gates whose lines are not full, None where all of them are."""
        lines = tuple(gate for gate in gates if gate.waiting < gate.limit.rules.queue)
        if not lines:
            return None
        ticket = cls(called)
        ticket._lines = lines
        for gate in lines:
            gate._line[ticket] = None
        return ticket

    def take(self, gate: Gate) -> None:
        """Take the place that was entered at `gate` for this ticket."""
        self._quit()
        self.gate = gate
        self.called()

    def give_up(self) -> None:
        """Leave every line, and give back a place that nobody came for."""
        self._quit()
        if self.gate is not None:
            self.gate.leave(None)
            self.gate = None

    def _quit(self) -> None:
        for gate in self._lines:
            gate._line.pop(self, None)
        self._lines = ()
