"""docs/rehearsal.md names every field, fault and scenario, and its example can be read."""

import re

import yaml
from msgspec.structs import fields

from tests.docs.pages import page
from turnout.application.rehearsal.demand import DAILY_CURVE
from turnout.interfaces.rehearsal.planned import MEANINGS, conducts_of, demand_of
from turnout.interfaces.rehearsal.scenario import ProviderSketch, TrafficSketch, read_rehearsal
from turnout.interfaces.rehearsal.shipped import shipped_rehearsals

PAGE = page("rehearsal.md")
NAMED = {name.partition("=")[0] for name in re.findall(r"`([^`\s]+)`", PAGE)}


def test_every_fault_is_named() -> None:
    assert {kind.value for kind in MEANINGS} - NAMED == set()


def test_every_field_is_named_or_shown() -> None:
    known = {
        field.encode_name for kind in (ProviderSketch, TrafficSketch) for field in fields(kind)
    }
    assert {name for name in known if name not in NAMED and f"{name}:" not in PAGE} == set()


def test_every_shipped_scenario_is_named() -> None:
    assert set(shipped_rehearsals()) - NAMED == set()


def test_the_curve_is_the_programs() -> None:
    rows = re.findall(r"^\| \|(.*)\|$", PAGE, re.MULTILINE)
    assert tuple(float(cell) for row in rows for cell in row.split("|")) == DAILY_CURVE


def test_the_example_can_be_read() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    scenario = read_rehearsal(yaml.safe_load(text), "example")
    usual, spells = conducts_of(scenario)["primary"]
    assert (usual.requests_per_minute, [spell.name for spell in spells]) == (
        900,
        ["outage", "brownout"],
    )
    assert demand_of(scenario, 10, day=True).requests == 10
