from typing import Any

import pytest

from turnout.interfaces.rehearsal.scenario import read_rehearsal, seconds_of
from turnout.interfaces.simulator.fields import FieldFault

PLAIN: dict[str, Any] = {"description": "A test.", "providers": {"north": {}, "south": {}}}


def with_spell(**fields: Any) -> dict[str, Any]:
    spell = {"from": "10:00", "to": "10:20", **fields}
    return {**PLAIN, "providers": {"north": {"spells": [spell]}}}


def test_each_provider_is_a_tier_unless_the_chain_says_otherwise() -> None:
    chains = read_rehearsal(PLAIN, "tried").configuration()["fallback_chains"]
    assert chains == {"tried": {"tiers": [["north"], ["south"]]}}
    chain = {"tiers": [["north", "south"]], "strategy": "fastest"}
    named = read_rehearsal({**PLAIN, "chain": chain, "name": "own"}, "tried")
    assert named.configuration()["fallback_chains"] == {"own": chain}


def test_prices_and_settings_are_part_of_the_configuration() -> None:
    north = {"price": {"input": 1, "output": 2}, "settings": {"timeouts": {"total_seconds": 9}}}
    scenario = read_rehearsal({**PLAIN, "providers": {"north": north}}, "tried")
    entry = scenario.configuration()["ai_providers"]["north"]
    assert entry["models"] == [{"name": "simulated", "price": {"input": 1, "output": 2}}]
    assert entry["timeouts"] == {"total_seconds": 9}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00", 0), ("10:20", 37_200), ("23:59:59", 86_399), ("24:00", 86_400)],
)
def test_times_of_day_are_read(text: str, seconds: float) -> None:
    assert seconds_of("from", text) == seconds


@pytest.mark.parametrize("text", ["", "10", "10:60", "25:00", "1:2:3:4", "ten:20", "24:00:01"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(FieldFault, match="a time of day in quotes"):
        seconds_of("from", text)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"description": "A test.", "providers": {}}, "providers"),
        ({**PLAIN, "traffic": {"starts": "25:00"}}, "traffic.starts"),
        ({**PLAIN, "traffic": {"per_second": 0}}, "traffic.per_second"),
        ({**PLAIN, "surprise": 1}, "surprise"),
        (with_spell(**{"from": "10:70"}), "providers.north.spells[0].from"),
        (with_spell(to="09:00"), "providers.north.spells[0].to"),
    ],
)
def test_faults_are_told_by_their_field(content: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldFault) as fault:
        read_rehearsal(content, "tried")
    assert fault.value.field == field
