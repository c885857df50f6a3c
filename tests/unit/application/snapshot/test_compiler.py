from dataclasses import replace

from tests.fakes.clients import FakeClientFactory, FakeSecrets
from tests.support.gateways import chain, deployment, provider

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.fallback_chain import FallbackChain

CHAT = Requirement(frozenset({Capability.CHAT}))


def compiled(
    *providers: Provider,
    chains: tuple[FallbackChain, ...] = (),
    factory: FakeClientFactory | None = None,
    **secrets: str,
) -> RoutingSnapshot:
    known = {f"${{{name}}}": secret for name, secret in secrets.items()}
    return compile_snapshot(
        StoredCatalog(7, providers, chains), factory or FakeClientFactory(), FakeSecrets(known)
    )


def targets(snapshot: RoutingSnapshot, model: str) -> list[str]:
    plan = snapshot.routes[model].plan(CHAT)
    return [target.deployment.id for target in plan.targets]


A = provider("a", deployment("a", "one"), deployment("a", "two"))
B = provider("b", deployment("b", "two"), deployment("b", "three"))


def test_a_chain_is_found_by_its_name() -> None:
    snapshot = compiled(A, B, chains=(chain("smart", "b", "a/two"),))
    assert targets(snapshot, "smart") == ["b/two", "a/two"]
    assert snapshot.revision == 7


def test_an_address_leads_there_and_nowhere_else() -> None:
    snapshot = compiled(A, B, chains=(chain("default", "b"),))
    assert targets(snapshot, "a/two") == ["a/two"]


def test_a_model_is_continued_by_the_default_chain() -> None:
    snapshot = compiled(A, B, chains=(chain("default", "b/three"),))
    assert targets(snapshot, "two") == ["a/two", "b/two", "b/three"]


def test_a_chain_wins_over_a_model_of_the_same_name() -> None:
    snapshot = compiled(A, B, chains=(chain("two", "b/three"),))
    assert targets(snapshot, "two") == ["b/three"]


def test_without_a_default_chain_every_provider_is_in_it_by_priority() -> None:
    late = provider("late", deployment("late", "x"), priority=200)
    snapshot = compiled(late, A)
    assert targets(snapshot, "default") == ["a/one", "late/x"]
    assert snapshot.chains == ()


def test_aliases_are_names_too() -> None:
    aliased = provider("c", replace(deployment("c", "long-name"), aliases=("short",)))
    snapshot = compiled(aliased)
    assert targets(snapshot, "short") == targets(snapshot, "c/short") == ["c/long-name"]


def test_a_disabled_provider_is_left_out_for_that_reason() -> None:
    off = provider("off", deployment("off", "x"), enabled=False)
    snapshot = compiled(off, A, chains=(chain("default", "off", "a"),))
    plan = snapshot.routes["default"].plan(CHAT)
    assert [drop.rule for drop in plan.drops] == ["provider_disabled"]
    assert "x" not in snapshot.routes
    assert snapshot.routes["off/x"].plan(CHAT).drops[0].rule == "provider_disabled"


def test_a_missing_credential_leaves_one_provider_out_and_the_rest_in() -> None:
    locked = provider("locked", credential="${KEY}")
    snapshot = compiled(locked, A, chains=(chain("default", "locked", "a"),))
    assert snapshot.unusable["locked"][0] == "credential_missing"  # type: ignore[index]
    assert targets(snapshot, "default") == ["a/one"]


def test_the_credential_and_secret_headers_are_revealed_to_the_client_alone() -> None:
    factory = FakeClientFactory()
    headers = {"x-team": "${KEY}", "x-plain": "as it is"}
    locked = provider("locked", credential="${KEY}", headers=headers)
    snapshot = compiled(locked, factory=factory, KEY="secret")
    assert factory.secrets == {"locked": "secret"}
    assert factory.headers == {"locked": {"x-team": "secret", "x-plain": "as it is"}}
    assert "secret" not in repr(snapshot)


TWO_KEYS = provider("two", credential="${KEY}", further_credentials=("${OTHER}",))


def test_each_credential_is_an_account_with_clients_of_its_own() -> None:
    snapshot = compiled(TWO_KEYS, chains=(chain("default", "two"),), KEY="k", OTHER="o")
    assert targets(snapshot, "default") == ["two/m", "two/m#2"]
    assert targets(snapshot, "m") == targets(snapshot, "two/m") == ["two/m", "two/m#2"]
    own = snapshot.clients[TWO_KEYS.id]
    assert (set(own), own[1] is own[2]) == ({1, 2}, False)


def test_a_missing_credential_of_several_leaves_that_account_out_alone() -> None:
    snapshot = compiled(TWO_KEYS, chains=(chain("default", "two"),), OTHER="o")
    for name in ("default", "m", "two/m"):
        plan = snapshot.routes[name].plan(CHAT)
        assert [target.id for target in plan.targets] == ["two/m#2"]
        assert [target.weight for target in plan.targets] == [1.0]
        drop = plan.drops[0]
        assert (drop.target, drop.rule) == (f"{plan.targets[0].via}#1", "credential_missing")
    assert set(snapshot.clients[TWO_KEYS.id]) == {2}
    assert TWO_KEYS.id not in snapshot.unusable


def test_without_any_of_its_credentials_a_provider_is_left_out() -> None:
    snapshot = compiled(TWO_KEYS, chains=(chain("default", "two"),))
    (drop,) = snapshot.routes["default"].plan(CHAT).drops
    assert (drop.target, drop.rule) == ("two", "credential_missing")
    assert snapshot.unusable[TWO_KEYS.id] == ("credential_missing", drop.detail)
    assert TWO_KEYS.id not in snapshot.clients


def test_a_missing_secret_of_a_header_concerns_every_account() -> None:
    both = provider(
        "both", credential="k", further_credentials=("o",), headers={"x-team": "${GONE}"}
    )
    assert compiled(both).unusable[both.id][0] == "credential_missing"


def test_nothing_at_all_compiles_to_an_empty_default() -> None:
    assert targets(compiled(), "default") == []
