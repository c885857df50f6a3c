from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.health.rolling_window import SLICES, RollingWindow

SECONDS = 60.0


def test_what_is_noted_is_counted_until_it_is_too_old() -> None:
    window = RollingWindow(SECONDS)
    window.note(0, good=True, slow=True)
    window.note(10, good=False, slow=False)
    window.roll(54)
    assert (window.calls, window.failures, window.slow) == (2, 1, 1)
    window.roll(61)
    assert (window.calls, window.failures, window.slow) == (1, 1, 0)
    window.roll(1000)
    assert (window.calls, window.failures, window.slow) == (0, 0, 0)


def test_what_is_cleared_is_forgotten() -> None:
    window = RollingWindow(SECONDS)
    window.note(5, good=False, slow=True)
    window.clear()
    assert (window.calls, window.failures, window.slow) == (0, 0, 0)
    window.note(6, good=True, slow=False)
    assert window.calls == 1


def test_what_comes_late_counts_as_the_latest() -> None:
    window = RollingWindow(SECONDS)
    window.note(100, good=True, slow=False)
    window.note(20, good=True, slow=False)
    window.roll(140)
    assert window.calls == 2


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans(), st.booleans()), max_size=80))
def test_it_counts_what_a_scan_of_the_slices_would(
    outcomes: list[tuple[float, bool, bool]],
) -> None:
    window, seen, now = RollingWindow(SECONDS), deque[tuple[int, bool, bool]](), 0.0
    for wait, good, slow in outcomes:
        now += wait
        number = int(now * SLICES / SECONDS)
        window.note(now, good=good, slow=slow)
        seen.append((number, good, slow))
        recent = [outcome for outcome in seen if outcome[0] > number - SLICES]
        assert window.calls == len(recent)
        assert window.failures == sum(not outcome[1] for outcome in recent)
        assert window.slow == sum(outcome[2] for outcome in recent)
