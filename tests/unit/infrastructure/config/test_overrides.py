import pytest

from turnout.infrastructure.config.faults import ConfigurationFaults
from turnout.infrastructure.config.overrides import overridden
from turnout.infrastructure.config.tree import nearest, plain, read_tree


def laid(text: str, **environ: str) -> object:
    return plain(overridden(read_tree(text, "f"), environ))


def test_values_are_yaml() -> None:
    assert laid(
        "{}",
        TURNOUT__SERVER__PORT="8081",
        TURNOUT__SERVER__HOST="0.0.0.0",
        TURNOUT__A__ENABLED="true",
        TURNOUT__A__MODELS="[x, y]",
    ) == {"server": {"port": 8081, "host": "0.0.0.0"}, "a": {"enabled": True, "models": ["x", "y"]}}


def test_what_is_no_yaml_is_text() -> None:
    assert laid("{}", TURNOUT__A="key: with: colons") == {"a": "key: with: colons"}


def test_keys_of_the_file_are_found_in_any_case_and_with_dashes() -> None:
    assert laid("Some-Key: {x: 1}", TURNOUT__SOME_KEY__X="2") == {"Some-Key": {"x": 2}}


def test_a_number_names_a_place_in_a_list() -> None:
    assert laid("a: [{x: 1}, {x: 2}]", TURNOUT__A__1__X="3") == {"a": [{"x": 1}, {"x": 3}]}


def test_the_variable_is_the_origin() -> None:
    tree = overridden(read_tree("{}", "f"), {"TURNOUT__A__B": "[1]"})
    assert str(nearest(tree, ("a", "b", 0)).origin) == "TURNOUT__A__B"


def test_other_variables_are_left_alone() -> None:
    assert laid("{}", TURNOUT_X="1", PATH="2") == {}


def test_an_empty_part_is_a_fault() -> None:
    with pytest.raises(ConfigurationFaults, match="TURNOUT__A__: "):
        laid("{}", TURNOUT__A__="1")
