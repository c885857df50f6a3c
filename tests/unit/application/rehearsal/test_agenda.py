from turnout.application.rehearsal.agenda import Agenda, VirtualClock


def test_what_is_due_is_done_in_order_and_at_its_moment() -> None:
    clock = VirtualClock(10.0)
    agenda = Agenda(clock)
    done: list[tuple[str, float]] = []

    def note(name: str, at_seconds: float) -> None:
        agenda.note(at_seconds, lambda: done.append((name, clock.monotonic_seconds())))

    note("later", 30.0)
    note("first", 20.0)
    note("second", 20.0)
    agenda.run_until(25.0)
    assert done == [("first", 20.0), ("second", 20.0)]
    assert clock.epoch_seconds() == 25.0
    agenda.run_until()
    assert done[2:] == [("later", 30.0)]
    assert clock.now_seconds == 30.0


def test_what_is_noted_meanwhile_is_done_too() -> None:
    clock = VirtualClock()
    agenda = Agenda(clock)
    done: list[float] = []

    def again() -> None:
        done.append(clock.now_seconds)
        if clock.now_seconds < 3.0:
            agenda.note(clock.now_seconds + 1.0, again)

    agenda.note(1.0, again)
    agenda.run_until()
    assert done == [1.0, 2.0, 3.0]
