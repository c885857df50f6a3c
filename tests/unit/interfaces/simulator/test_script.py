from typing import Any

import pytest

from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.script import Phase, described_script, read_script, read_scripts

PHASES: list[dict[str, Any]] = [
    {"seconds": 2},
    {"faults": ["rate_limited", "cut_after_tokens=3"], "share": 0.5, "requests": 4},
    {"profile": {"first_token_delay_seconds": 0.2}, "seconds": 1},
    {"name": "end", "faults": "silent"},
]


def test_phases_are_named_by_what_they_do() -> None:
    script = read_script({"phases": PHASES})
    names = [phase.name for phase in script.phases]
    assert names == ["healthy", "rate_limited+cut_after_tokens", "slow", "end"]
    assert [phase.is_healthy for phase in script.phases] == [True, False, False, False]


def test_a_phase_changes_the_profile_for_as_long_as_it_lasts() -> None:
    healthy, faulty, slow, _ = read_script({"phases": PHASES}).phases
    profile = Profile(name="alpha", error_rate=0.3, token_delay_seconds=0.1)
    assert healthy.applied_to(profile) == Profile(name="alpha", token_delay_seconds=0.1)
    met = faulty.applied_to(profile)
    assert (met.error_rate, met.error_kinds) == (0.5, ("rate_limited", "cut_after_tokens=3"))
    assert slow.applied_to(profile).first_token_delay_seconds == 0.2


def test_what_is_described_can_be_read_again() -> None:
    script = read_script({"phases": PHASES})
    assert read_script(described_script(script)) == script


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("phases", "script: found 'phases', expected a mapping"),
        ({"phases": []}, "phases: found [], expected a list of length >= 1"),
        ({"phases": [{"secs": 1}]}, "phases[0].secs: found 1, expected no such field"),
        ({"phases": [{"seconds": 0}]}, "phases[0].seconds: found 0, expected a number > 0.0"),
        ({"phases": [{"share": 2}]}, "phases[0].share: found 2, expected a number <= 1.0"),
        (
            {"phases": [{"seconds": 1}, {"faults": "explode"}]},
            "phases[1].faults: found ('explode',), expected a list, not empty, out of rate_limited",
        ),
        (
            {"phases": [{"profile": {"seed": "x"}}]},
            "phases[0].profile.seed: found 'x', expected a whole number",
        ),
        ({"phases": [{"profile": {"sed": 1}}]}, "phases[0].profile.sed: found 1, expected one of"),
        (
            {"phases": [{"requests": 1, "seconds": 1}]},
            "phases[0].requests: found 1, expected seconds or requests, not both",
        ),
        ({"phases": [{}, {"seconds": 1}]}, "phases[0]: found None, expected seconds or requests"),
        ({"phases": [{}], "repeat": True}, "phases[0]: found None, expected seconds or requests"),
    ],
)
def test_the_field_at_fault_is_named(content: object, words: str) -> None:
    with pytest.raises(FieldFault) as caught:
        read_script(content)
    assert words in str(caught.value)


def test_a_fault_may_stand_alone() -> None:
    assert Phase(faults="silent").kinds == ("silent",)
    assert Phase(faults=("silent",)).kinds == ("silent",)


def test_scripts_are_read_by_name() -> None:
    scripts = read_scripts({"scripts": {"north": {"phases": PHASES}, "south": {"phases": [{}]}}})
    assert list(scripts) == ["north", "south"]
    assert scripts["north"] == read_script({"phases": PHASES})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"phases": []}, "phases: found [], expected no such field, but one of scripts"),
        ({"scripts": {"a": 3}}, "scripts.a: found 3, expected a mapping"),
        ({"scripts": {"a": {"phases": [{"share": 2}]}}}, "scripts.a.phases[0].share: found 2"),
    ],
)
def test_a_fault_among_scripts_names_whose_it_is(content: object, words: str) -> None:
    with pytest.raises(FieldFault) as caught:
        read_scripts(content)
    assert words in str(caught.value)
