"""docs/chaos.md names every fault, metric and feature, and its examples can be read."""

import re

import yaml

from tests.docs.pages import page
from turnout.interfaces.chaos.metrics import FAMILIES
from turnout.interfaces.chaos.scenario import FEATURES, read_scenario
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.script import read_scripts

PAGE = page("chaos.md")
NAMED = {name.partition("=")[0].partition(".")[0] for name in re.findall(r"`([^`\s]+)`", PAGE)}


def test_every_fault_is_explained() -> None:
    assert {kind.value for kind in ErrorKind} - NAMED == set()


def test_every_metric_is_explained() -> None:
    assert set(FAMILIES) - NAMED == set()


def test_every_feature_is_named() -> None:
    assert set(FEATURES) - NAMED == set()


def test_the_examples_can_be_read() -> None:
    script, scenario = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    assert list(read_scripts(script)) == ["north"]
    assert read_scenario(scenario, "example").load.requests == 120
