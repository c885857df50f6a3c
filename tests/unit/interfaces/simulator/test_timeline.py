from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.script import read_script
from turnout.interfaces.simulator.timeline import Timeline

PROFILE = Profile()


def timeline(*phases: dict[str, Any], repeat: bool = False, started: float = 100.0) -> Timeline:
    return Timeline(read_script({"phases": list(phases), "repeat": repeat}), started)


def rates(line: Timeline, *moments: float) -> list[float]:
    return [line.take(PROFILE, moment).error_rate for moment in moments]


def test_phases_of_seconds_pass_without_requests() -> None:
    line = timeline({"seconds": 2}, {"faults": "silent", "seconds": 3}, {"name": "after"})
    assert rates(line, 101.9, 102.0, 104.9, 105.0, 900.0) == [0, 1, 1, 0, 0]
    entered = [(one.phase.name, one.at_seconds) for one in line.entered]
    assert entered == [("healthy", 100.0), ("silent", 102.0), ("after", 105.0)]


def test_phases_of_requests_end_with_the_last_of_them() -> None:
    line = timeline({"faults": "silent", "requests": 2}, {"seconds": 1}, {"faults": "reset"})
    assert rates(line, 101.0, 150.0, 150.5, 151.0) == [1, 1, 0, 1]
    assert [one.at_seconds for one in line.entered] == [100.0, 150.0, 151.0]


def test_after_the_last_phase_the_profile_holds_alone() -> None:
    line = timeline({"faults": "silent", "requests": 1})
    assert rates(line, 101.0, 102.0) == [1, 0]
    assert line.phase.name == "over"
    assert line.take(PROFILE, 103.0) is PROFILE


def test_a_repeated_script_goes_round() -> None:
    line = timeline({"faults": "silent", "requests": 1}, {"requests": 2}, repeat=True)
    assert rates(line, *[101.0] * 7) == [1, 0, 0, 1, 0, 0, 1]


def test_rounds_that_nobody_saw_are_skipped() -> None:
    line = timeline({"seconds": 0.1}, {"faults": "silent", "seconds": 0.1}, repeat=True)
    assert rates(line, 1e9 + 0.05) == [0]
    assert len(line.entered) < 10
    assert 1e9 - 0.05 <= line.entered[-1].at_seconds <= 1e9 + 0.05


def test_looking_counts_no_request() -> None:
    line = timeline({"faults": "silent", "requests": 1}, {})
    assert [line.look(101.0).name, line.look(102.0).name] == ["silent", "silent"]
    assert rates(line, 103.0) == [1]
    assert line.look(104.0).name == "healthy"


def test_a_changed_profile_shows_through() -> None:
    line = timeline({"profile": {"token_delay_seconds": 0.5}})
    first = line.take(PROFILE, 101.0)
    assert line.take(PROFILE, 102.0) is first
    assert line.take(Profile(name="beta"), 103.0) == Profile(name="beta", token_delay_seconds=0.5)


PHASE = st.one_of(
    st.builds(lambda n: {"requests": n}, st.integers(1, 5)),
    st.builds(lambda s: {"seconds": s}, st.floats(0.1, 5)),
)


@given(st.lists(PHASE, min_size=1, max_size=4), st.booleans(), st.lists(st.floats(0, 30)))
def test_time_never_runs_backwards(
    phases: list[dict[str, Any]], repeat: bool, moments: list[float]
) -> None:
    line = timeline(*phases, repeat=repeat, started=0.0)
    for moment in sorted(moments):
        line.take(PROFILE, moment)
        entered = [one.at_seconds for one in line.entered]
        assert entered == sorted(entered)
        assert entered[-1] <= moment
