import pytest
from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway, deployment, provider

from turnout.application.snapshot.routing_snapshot import EMPTY, RoutingSnapshot, SnapshotHolder
from turnout.domain.governance.scope import Scope


def test_a_holder_begins_with_nothing() -> None:
    assert SnapshotHolder().current is EMPTY
    assert EMPTY.revision < 0


def test_near_names_look_alike() -> None:
    snapshot = FakeGateway({"openai": FakeChatClient()}).holder.current
    assert snapshot.near("openai/mm") == ("openai/m",)
    assert snapshot.near("nothing like it") == ()


def scope(**parts: set[str]) -> Scope:
    return Scope(**{name: frozenset(words) for name, words in parts.items()})


def snapshot_of_two() -> RoutingSnapshot:
    providers = [
        provider("a", deployment("a", "one"), deployment("a", "two")),
        provider("b", deployment("b", "two")),
    ]
    chats = {name: FakeChatClient() for name in ("a", "b")}
    return FakeGateway(chats, providers=providers).holder.current


@pytest.mark.parametrize(
    ("allowed", "names"),
    [
        (scope(), {"default", "one", "two", "a/one", "a/two", "b/two"}),
        (scope(routes={"one", "b/two", "gone"}), {"one", "b/two"}),
        (scope(providers={"b"}), {"default", "two", "b/two"}),
        (scope(models={"one"}), {"default", "one", "a/one"}),
        (scope(models={"one"}, providers={"b"}), set()),
        (scope(networks={"10.0.0.0/8"}), {"default", "one", "two", "a/one", "a/two", "b/two"}),
    ],
)
def test_what_a_scope_does_not_allow_is_not_there(allowed: Scope, names: set[str]) -> None:
    snapshot = snapshot_of_two()
    assert {name for name in snapshot.routes if snapshot.route(name, allowed)} == names


def test_a_route_is_narrowed_once_for_each_scope() -> None:
    snapshot = snapshot_of_two()
    narrow = snapshot.route("two", scope(providers={"b"}))
    assert snapshot.route("two", scope(providers={"b"})) is narrow
    assert snapshot.route("two") is snapshot.routes["two"]
    assert narrow is not None
    kept = [d.provider for t in narrow.tiers for c in t for d in c.deployments]
    assert set(kept) == {"b"}


def test_names_that_are_not_allowed_are_no_hints() -> None:
    snapshot = snapshot_of_two()
    assert "a/one" in snapshot.near("a/onee")
    assert "a/one" not in snapshot.near("a/onee", scope(providers={"b"}))
