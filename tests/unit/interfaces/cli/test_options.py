from pathlib import Path

import pytest

from turnout.interfaces.cli.actions import BadOptions, ControlPlane
from turnout.interfaces.cli.options import port_within, whom_to_ask, within


def test_the_file_is_asked_unless_a_gateway_is_named() -> None:
    assert whom_to_ask(None, None, "unused") == Path("turnout.yaml")
    assert whom_to_ask(Path("f"), None, None) == Path("f")
    assert whom_to_ask(None, "https://h/", "t") == ControlPlane("https://h", "t")


def test_both_are_refused() -> None:
    with pytest.raises(BadOptions, match="found both"):
        whom_to_ask(Path("f"), "http://h", None)


@pytest.mark.parametrize("value", [None, 1, 3])
def test_what_is_within_or_not_given_passes(value: int | None) -> None:
    within("--n", value, 1, 3)
    port_within("--p", value)


@pytest.mark.parametrize("value", [0, 4])
def test_what_is_not_within_is_named(value: int) -> None:
    with pytest.raises(BadOptions, match=f"--n: found {value}, expected a number from 1 to 3"):
        within("--n", value, 1, 3)
