from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.routing.concurrency_limit import ConcurrencyLimit
from turnout.domain.routing.gate import Gate, Ticket


def gate_for(most: int, queue: int = 64) -> Gate:
    return Gate(ConcurrencyLimit(ConcurrencyRules(most=most, queue=queue)))


def noting(called: list[str], name: str) -> Callable[[], None]:
    return partial(called.append, name)


def ignore() -> None:
    """For tickets that nobody looks at."""


def test_a_place_goes_to_who_has_waited_longest() -> None:
    gate, called = gate_for(1), list[str]()
    assert gate.enter()
    for name in "abc":
        assert Ticket.draw([gate], noting(called, name)) is not None
    assert not gate.enter()
    gate.leave(1.0)
    assert called == ["a"]
    gate.leave(1.0)
    assert called == ["a", "b"]
    assert gate.waiting == 1
    assert not gate.enter()


def test_a_full_line_takes_nobody() -> None:
    gate = gate_for(1, queue=1)
    assert gate.enter()
    assert Ticket.draw([gate], ignore) is not None
    assert Ticket.draw([gate], ignore) is None
    assert Ticket.draw([], ignore) is None


def test_who_waits_at_several_takes_the_first_free_place_alone() -> None:
    near, far = gate_for(1), gate_for(1)
    assert near.enter()
    assert far.enter()
    ticket = Ticket.draw([near, far], ignore)
    assert ticket is not None
    far.leave(1.0)
    assert ticket.gate is far
    assert (near.waiting, far.waiting) == (0, 0)
    near.leave(1.0)
    assert near.limit.in_flight == 0


def test_a_place_that_nobody_came_for_goes_to_the_next() -> None:
    gate = gate_for(1)
    assert gate.enter()
    first, second = Ticket.draw([gate], ignore), Ticket.draw([gate], ignore)
    assert first is not None
    assert second is not None
    gate.leave(1.0)
    first.give_up()
    assert second.gate is gate
    first.give_up()
    assert gate.limit.in_flight == 1


def test_more_room_lets_the_next_ones_in() -> None:
    gate, called = gate_for(1), list[str]()
    assert gate.enter()
    for number in range(5):
        Ticket.draw([gate], noting(called, str(number)))
    gate.revise(ConcurrencyRules(most=3))
    assert called == ["0", "1"]


def test_a_limit_that_grows_lets_one_in_at_a_time() -> None:
    gate, called = Gate(ConcurrencyLimit(ConcurrencyRules())), list[str]()
    for _ in range(10):
        assert gate.enter()
    for _ in range(5):
        gate.refused(0, 1, rate_limited=False)
    for _ in range(3):
        gate.leave(1.0)
    for number in range(5):
        assert Ticket.draw([gate], noting(called, str(number))) is not None
    while not called:
        gate.answered(2, 3, 1.0)
    assert called == ["0"]
    assert gate.limit.in_flight == gate.limit.most == 8


@dataclass
class Caller:
    """One request as the model sees it."""

    ticket: Ticket
    called: list[int] = field(default_factory=list)


class Gates(RuleBasedStateMachine):
    """Two gates, callers who enter, wait, are called, use their place, hang up and leave."""

    def __init__(self) -> None:
        super().__init__()
        self.gates = [gate_for(2, queue=3), gate_for(3, queue=2)]
        self.inside = [0, 0]
        self.waiting: list[Caller] = []
        self.order: list[Caller] = []

    @rule(at=st.integers(0, 1))
    def enter(self, at: int) -> None:
        free = self.inside[at] + self._called(at) < self._most(at)
        assert self.gates[at].enter() == free
        self.inside[at] += free

    @rule(both=st.booleans(), at=st.integers(0, 1))
    def wait(self, both: bool, at: int) -> None:
        gates = self.gates if both else [self.gates[at]]
        if any(gate.limit.has_room for gate in gates):
            return
        called: list[int] = []
        full = all(gate.waiting >= gate.limit.rules.queue for gate in gates)
        ticket = Ticket.draw(gates, lambda: called.append(1))
        assert (ticket is None) == full
        if ticket is not None:
            self.waiting.append(Caller(ticket, called))

    @precondition(lambda self: sum(self.inside) > 0)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        at = data.draw(st.sampled_from([n for n in (0, 1) if self.inside[n]]))
        in_line = [c for c in self.waiting if c.ticket in self.gates[at]._line]
        self.inside[at] -= 1
        self.gates[at].leave(1.0)
        if in_line and self.inside[at] + self._called(at) <= self._most(at):
            first = in_line[0]
            assert first.ticket.gate is self.gates[at] or self.gates[at].limit.has_room is False

    @precondition(lambda self: any(c.ticket.gate for c in self.waiting))
    @rule()
    def use_place(self) -> None:
        caller = next(c for c in self.waiting if c.ticket.gate)
        self.waiting.remove(caller)
        assert caller.ticket.gate is not None
        self.inside[self.gates.index(caller.ticket.gate)] += 1

    @precondition(lambda self: bool(self.waiting))
    @rule(data=st.data())
    def hang_up(self, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(caller)
        caller.ticket.give_up()

    @rule(at=st.integers(0, 1), most=st.integers(1, 4), queue=st.integers(0, 3))
    def revise(self, at: int, most: int, queue: int) -> None:
        self.gates[at].revise(ConcurrencyRules(most=most, queue=queue))

    @invariant()
    def places_are_counted(self) -> None:
        for at, gate in enumerate(self.gates):
            assert gate.limit.in_flight == self.inside[at] + self._called(at)

    @invariant()
    def nobody_waits_where_there_is_room(self) -> None:
        assert not any(gate.waiting and gate.limit.has_room for gate in self.gates)

    @invariant()
    def who_is_called_stands_in_no_line_and_is_called_once(self) -> None:
        for caller in self.waiting:
            lines = sum(caller.ticket in gate._line for gate in self.gates)
            assert len(caller.called) == (caller.ticket.gate is not None)
            assert bool(lines) == (caller.ticket.gate is None)

    @invariant()
    def lines_are_in_order_of_arrival(self) -> None:
        for gate in self.gates:
            arrived = [c.ticket for c in self.waiting if c.ticket in gate._line]
            assert list(gate._line) == arrived

    def _called(self, at: int) -> int:
        return sum(caller.ticket.gate is self.gates[at] for caller in self.waiting)

    def _most(self, at: int) -> int:
        return self.gates[at].limit.rules.most or 0


TestGates = Gates.TestCase
