import pytest

from turnout.bootstrap.chaos import load_scenarios
from turnout.interfaces.chaos.shipped import shipped_scenarios
from turnout.interfaces.simulator.profile import ErrorKind


@pytest.mark.parametrize("name", shipped_scenarios())
def test_each_is_good_and_says_what_it_is_about(name: str) -> None:
    (scenario,) = load_scenarios([shipped_scenarios()[name]])
    assert scenario.name == name
    assert scenario.description.endswith(".")


def test_there_is_one_for_every_failure() -> None:
    scenarios = load_scenarios(list(shipped_scenarios().values()))
    scripts = [plan.parsed_script() for one in scenarios for plan in one.providers.values()]
    phases = [phase for script in scripts if script is not None for phase in script.phases]
    met = {kind.partition("=")[0] for phase in phases for kind in phase.kinds}
    reached = {plan.reached_by for one in scenarios for plan in one.providers.values()}
    assert met | {ErrorKind.TLS_FAILURE} == set(ErrorKind)
    assert reached == {"http", "tls", "nothing"}
    assert len(scenarios) >= 25
