from typing import Any

import pytest

from turnout.interfaces.chaos.scenario import Expectation, Load, read_scenario
from turnout.interfaces.simulator.fields import FieldFault

GOOD: dict[str, Any] = {
    "description": "The primary is down.",
    "providers": {
        "primary": {"script": {"phases": [{"seconds": 1}, {"name": "down", "faults": "reset"}]}},
        "backup": {"protocol": "gemini"},
    },
    "expect": [{"metric": "success_share", "equals": 1, "during": "primary/down"}],
}


def test_a_good_scenario_is_read() -> None:
    scenario = read_scenario(GOOD, "down")
    assert scenario.name == "down"
    assert scenario.tiers() == [["primary"], ["backup"]]
    script = scenario.providers["primary"].parsed_script()
    assert script is not None
    assert [phase.name for phase in script.phases] == ["healthy", "down"]
    assert scenario.providers["backup"].parsed_script() is None


def test_a_chain_may_have_tiers_of_its_own() -> None:
    tiers = [["backup", {"target": "primary", "weight": 2}]]
    scenario = read_scenario({**GOOD, "chain": {"tiers": tiers, "deadline_seconds": 2}}, "x")
    assert scenario.tiers() == tiers


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"providers": {}}, "providers: found a mapping, expected a mapping of length >= 1"),
        ({"expect": []}, "expect: found [], expected a list of length >= 1"),
        ({"lod": {}}, "lod: found a mapping, expected no such field, but one of description"),
        ({"load": {"requests": 0}}, "load.requests: found 0, expected a whole number >= 1"),
        ({"load": {"stream": "often"}}, "load.stream: found 'often'"),
        ({"providers": {"a": {"protocl": 1}}}, "providers.a.protocl: found 1, expected no such"),
        ({"providers": {"a": 3}}, "providers.a: found 3, expected a mapping"),
        (
            {"providers": {"a": {"profile": {"seed": "x"}}}},
            "providers.a.profile.seed: found 'x', expected a whole number",
        ),
        (
            {"providers": {"a": {"script": {"phases": [{"faults": "boom"}]}}}},
            "providers.a.script.phases[0].faults: found ('boom',), expected a list",
        ),
        (
            {"chain": {"tiers": [["primary"], [{"target": "third"}]]}},
            "chain.tiers[1][0]: found 'third', expected one of the providers primary, backup",
        ),
        ({"needs": ["magic"]}, "needs[0]: found 'magic', expected one of balancing, cache"),
        ({"expect": [{"metric": "luck", "equals": 1}]}, "expect[0].metric: found 'luck', expected"),
        (
            {"expect": [{"metric": "answered_share.x", "equals": 1}]},
            "found 'answered_share.x', expected answered_share.primary or answered_share.backup",
        ),
        ({"expect": [{"metric": "success_share"}]}, "expect[0]: found None, expected at_least"),
        (
            {"expect": [{"metric": "requests", "equals": 1, "during": "primary/up"}]},
            "expect[0].during: found 'primary/up', expected one of primary/healthy, primary/down",
        ),
        (
            {"expect": [{"metric": "requests", "equals": 1, "until": ["luck"]}]},
            "expect[0].until[0]: found 'luck', expected one of balancing",
        ),
    ],
)
def test_the_field_at_fault_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(FieldFault) as caught:
        read_scenario({**GOOD, **changes}, "x")
    assert words in str(caught.value)


def test_bounds_hold_or_not() -> None:
    between = Expectation(metric="m", at_least=1, at_most=2)
    assert [between.holds(found) for found in (0.9, 1, 1.5, 2, 2.1)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert between.wanted() == "at least 1, at most 2"
    exact = Expectation(metric="m", equals=0.5)
    assert (exact.holds(0.5), exact.holds(0.6), exact.wanted()) == (True, False, "0.5")


@pytest.mark.parametrize(
    ("offered", "applies"),
    [
        ((), False),
        (("retries",), True),
        (("retries", "cache"), True),
        (("retries", "rescue"), False),
    ],
)
def test_features_decide_what_a_gateway_is_held_to(offered: tuple[str, ...], applies: bool) -> None:
    expectation = Expectation(metric="m", equals=1, needs=("retries",), until=("rescue",))
    assert expectation.applies(frozenset(offered)) is applies


def test_mixed_loads_take_turns() -> None:
    assert [Load().streams(number) for number in range(3)] == [True, False, True]
    assert not Load(stream="never").streams(0)
    assert Load(stream="always").streams(1)


def test_questions_differ_unless_there_are_fewer() -> None:
    assert len({Load(requests=9).question(number) for number in range(9)}) == 9
    few = Load(requests=9, questions=2)
    assert [few.question(number) for number in range(3)] == [
        "question-0",
        "question-1",
        "question-0",
    ]
