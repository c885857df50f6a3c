from tests.support.chaos import evidence, outcome

from turnout.interfaces.chaos.evidence import Window
from turnout.interfaces.chaos.outcome import Ending

WINDOWS = (
    Window("primary", "healthy", True, 100.0, 102.0),
    Window("primary", "down", False, 102.0, 103.0),
    Window("primary", "healthy", True, 103.0, float("inf")),
)


def test_a_phase_has_the_requests_that_began_in_it() -> None:
    seen = evidence(*(outcome(number=number) for number in range(5)), windows=WINDOWS)
    assert [one.number for one in seen.during("primary/down").outcomes] == [2]
    assert [one.number for one in seen.during("primary/healthy").outcomes] == [0, 1, 3, 4]
    assert seen.during("backup/healthy").outcomes == []
    assert seen.during(None) is seen


def test_outcomes_are_found_by_ending() -> None:
    seen = evidence(outcome(), outcome(Ending.CUT, 1))
    assert [one.number for one in seen.ended(Ending.CUT)] == [1]
