import pytest

from turnout.infrastructure.config.faults import Fault
from turnout.infrastructure.config.interpolation import interpolated
from turnout.infrastructure.config.tree import plain, read_tree


def resolved(text: str, **environ: str) -> tuple[object, list[Fault]]:
    faults: list[Fault] = []
    tree = interpolated(read_tree(text, "f"), environ, faults)
    return plain(tree), faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "one"),
        ("x ${A} y ${B}", "x one y two"),
        ("${C:-three}", "three"),
        ("${A:-three}", "one"),
        ("${C:-}", ""),
        ("$${A}", "${A}"),
        ("$A", "$A"),
    ],
)
def test_references_are_replaced(text: str, value: str) -> None:
    assert resolved(f"k: ['{text}']", A="one", B="two") == ({"k": [value]}, [])


def test_a_reference_that_leads_nowhere_is_a_fault() -> None:
    _, (fault,) = resolved("a:\n  b: ${GONE}")
    assert str(fault).startswith("f:2: a.b: found ${GONE}, expected the environment variable GONE")


def test_secrets_of_providers_stay_references() -> None:
    text = "ai_providers: {p: {api_key: '${A}', headers: {x: '${A}'}, base_url: 'http://${A}'}}"
    value, faults = resolved(text, A="one")
    assert value == {
        "ai_providers": {
            "p": {"api_key": "${A}", "headers": {"x": "${A}"}, "base_url": "http://one"}
        }
    }
    assert faults == []


def test_each_of_several_keys_stays_a_reference() -> None:
    value, faults = resolved("ai_providers: {p: {api_keys: ['${A}', '${B}']}}", A="one")
    assert value == {"ai_providers": {"p": {"api_keys": ["${A}", "${B}"]}}}
    assert [fault.path for fault in faults] == ["ai_providers.p.api_keys[1]"]


def test_but_a_missing_one_is_told_all_the_same() -> None:
    _, (fault,) = resolved("ai_providers: {p: {api_key: '${GONE}'}}")
    assert fault.path == "ai_providers.p.api_key"
