import pytest

from turnout.domain.governance.scope import ANYTHING, Scope
from turnout.domain.shared.errors import DomainError


def test_an_empty_scope_allows_everything() -> None:
    assert not ANYTHING.narrows
    assert ANYTHING.allows_route("any")
    assert ANYTHING.allows("any", ("any",))
    assert ANYTHING.allows_source("192.0.2.1")


def test_routes_models_and_providers_each_leave_out_the_others() -> None:
    scope = Scope(
        routes=frozenset({"default"}),
        models=frozenset({"gpt-4", "fast"}),
        providers=frozenset({"openai"}),
    )
    assert scope.narrows
    assert scope.allows_route("default") and not scope.allows_route("gpt-4")
    assert scope.allows("openai", ("gpt-4o-mini", "fast"))
    assert not scope.allows("openai", ("gpt-4o-mini",))
    assert not scope.allows("azure", ("gpt-4",))


@pytest.mark.parametrize(
    ("network", "address", "allowed"),
    [
        ("10.0.0.0/8", "10.255.0.1", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("2001:db8::/32", "10.0.0.1", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "::1", False),
        ("0.0.0.0/0", "no address", False),
    ],
)
def test_a_source_must_be_within_one_network(network: str, address: str, allowed: bool) -> None:
    scope = Scope(networks=frozenset({network, "198.51.100.0/24"}))
    assert scope.allows_source(address) is allowed
    assert not scope.narrows


@pytest.mark.parametrize("network", ["10.0.0.1/8", "10.0.0", "example.org", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(DomainError, match=f"networks: found '{network}', expected") as refused:
        Scope(networks=frozenset({network}))
    assert refused.value.code == "key.network"


@pytest.mark.parametrize("word", ["", " ", " default", "default "])
def test_what_is_no_name_is_refused(word: str) -> None:
    with pytest.raises(DomainError, match="routes: found") as refused:
        Scope(routes=frozenset({word}))
    assert refused.value.code == "key.scope"
