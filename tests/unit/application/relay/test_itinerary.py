from tests.support.gateways import deployment

from turnout.application.relay.itinerary import Itinerary
from turnout.domain.inference.failure import MovesOn
from turnout.domain.routing.route_plan import PlannedTarget


def way(*windows: int | None) -> Itinerary:
    return Itinerary(
        [
            PlannedTarget(deployment(f"p{place}", window=window), 0, "p")
            for place, window in enumerate(windows)
        ]
    )


def at(itinerary: Itinerary) -> str | None:
    return itinerary.current.deployment.provider if itinerary.current else None


def test_targets_come_one_after_the_other() -> None:
    itinerary = way(None, None)
    assert (at(itinerary), itinerary.first, itinerary.elsewhere) == ("p0", True, True)
    itinerary.failed(MovesOn.ALWAYS)
    itinerary.move_on()
    assert (at(itinerary), itinerary.first, itinerary.elsewhere) == ("p1", False, False)
    itinerary.move_on()
    assert at(itinerary) is None


def test_tries_are_counted_per_target() -> None:
    itinerary = way(None, None)
    itinerary.failed(MovesOn.ALWAYS)
    itinerary.failed(MovesOn.ALWAYS)
    assert itinerary.tries == 2
    itinerary.move_on()
    assert itinerary.tries == 0


def test_after_a_prompt_too_long_only_larger_or_unknown_windows_are_left() -> None:
    itinerary = way(100, 100, 50, 200, None)
    itinerary.failed(MovesOn.IF_LARGER)
    itinerary.move_on()
    assert at(itinerary) == "p3"
    itinerary.move_on()
    assert at(itinerary) == "p4"


def test_what_never_moves_on_is_the_end() -> None:
    itinerary = way(None, None)
    itinerary.failed(MovesOn.NEVER)
    assert itinerary.current is None
    assert not itinerary.elsewhere
