from typing import Any

import pytest
from tests.support.chaos import scenario

from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.running import Entry, PlaceTaken, cast, running_arena
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.server import Simulator

HERE = Entry("gemini", "http://127.0.0.1:9101")
FAR = Entry("", "http://models.example:9102/v1")


def planned(**providers: Any) -> Any:
    return scenario({"metric": "requests", "at_least": 0}, providers=providers)


def test_simulators_take_the_places_of_the_gateways_providers() -> None:
    part = cast(planned(north={}), {"north": HERE, "other": FAR})
    assert (part.places, part.unseen) == ({"north": ("127.0.0.1", 9101)}, frozenset())
    assert part.scenario.providers["north"].protocol == "gemini"
    assert (part.notes, part.missing) == ((), ())


def test_what_is_not_as_the_scenario_says_is_told() -> None:
    plan = scenario(
        chain={"deadline_seconds": 2}, providers={"north": {"settings": {"weight": 2}}, "far": {}}
    )
    part = cast(plan, {"north": HERE, "far": FAR})
    assert part.notes == (
        "the chain is the gateway's own",
        "the settings of north are the gateway's own",
        "far is not on this machine: it does as it pleases",
    )
    assert part.places["far"] is None
    assert part.unseen == {"far"}


def test_a_port_where_nobody_is_to_listen_is_left_alone() -> None:
    part = cast(planned(north={"reached_by": "nothing"}), {"north": HERE})
    assert (part.places, part.unseen) == ({"north": None}, frozenset())


def test_a_handshake_that_fails_takes_an_address_with_tls() -> None:
    plan = planned(north={"reached_by": "tls"})
    assert cast(plan, {"north": HERE}).missing == ("provider north at an address of https",)
    secure = Entry("", "https://127.0.0.1:9103/v1")
    assert cast(plan, {"north": secure}).missing == ()


def test_a_provider_that_the_gateway_does_not_have_is_refused() -> None:
    with pytest.raises(FieldFault, match=r"providers\.north: found 'north', expected one of"):
        cast(planned(north={}), {"other": HERE})


async def test_the_arena_is_driven_through_the_door() -> None:
    async with Simulator() as free:
        port = free.port
    plan = planned(north={}, far={})
    place = Entry("openai_chat", f"http://127.0.0.1:{port}/v1")
    part = cast(plan, {"north": place, "far": FAR})
    door = Door(host="127.0.0.1", port=port, model="anything")
    async with running_arena(part, door, frozenset()) as arena:
        report = await arena.run(part.scenario)
    assert report.endings == {"answered": 20}
    assert report.upstream["north"].requests == 20
    unaccounted = next(one for one in report.checks if one.what == "attempts not accounted for")
    assert (unaccounted.held, unaccounted.note) == (
        None,
        "not every provider can be seen from here",
    )


async def test_a_place_that_is_taken_is_told() -> None:
    async with Simulator() as taken:
        part = cast(planned(north={}), {"north": Entry("", taken.base_url)})
        with pytest.raises(PlaceTaken, match=rf"{taken.port}, where the gateway expects north: "):
            async with running_arena(part, Door(host="x", port=1), frozenset()):
                pass
