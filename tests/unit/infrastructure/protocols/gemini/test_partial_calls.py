import json

from turnout.infrastructure.protocols.gemini.partial_calls import PartialArg, PartialArguments


def put_together(*args: PartialArg) -> object:
    partial = PartialArguments()
    for arg in args:
        partial.add(arg)
    return json.loads(partial.json())


def test_nothing_is_an_empty_object() -> None:
    assert put_together() == {}


def test_text_comes_in_pieces_and_other_values_whole() -> None:
    assert put_together(
        PartialArg("$.city", "Bos"),
        PartialArg("$.city", "ton"),
        PartialArg("$.days", numberValue=3),
        PartialArg("$.metric", boolValue=False),
        PartialArg("$.note"),
    ) == {"city": "Boston", "days": 3, "metric": False, "note": None}


def test_paths_lead_into_objects_and_lists() -> None:
    assert put_together(
        PartialArg("$.trip.stops[0].city", "Rome"),
        PartialArg("$.trip.stops[0].days", numberValue=2),
        PartialArg("$.trip.stops[1].city", "Oslo"),
        PartialArg("$['odd name'].x", "y"),
    ) == {
        "trip": {"stops": [{"city": "Rome", "days": 2}, {"city": "Oslo"}]},
        "odd name": {"x": "y"},
    }


def test_hostile_paths_do_no_harm() -> None:
    assert put_together(
        PartialArg("", "a"),
        PartialArg("$", "a"),
        PartialArg("$.list[999999999]", "far"),
        PartialArg("$.list.x", "a"),
        PartialArg("$.text", "t"),
        PartialArg("$.text.deeper", "u"),
        PartialArg("$[0]", "root"),
    ) == {"list": ["far"], "text": "t", "0": "root"}
