import pytest
from tests.fakes.clients import FakeClientFactory, FakeProbe, FakeSecrets, clients
from tests.fakes.system import FrozenClock
from tests.support.gateways import deployment, provider

from turnout.application.health.probing import Probing
from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.catalog.provider import Provider
from turnout.domain.health.circuit import Closed, Reason
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import DeploymentId

M, N = DeploymentId("a/m"), DeploymentId("a/n")


def probing(probe: FakeProbe, *providers: Provider, kind: ProbeKind = ProbeKind.MODELS) -> Probing:
    models = deployment("a", "m"), deployment("a", "n")
    all_of_them = providers or (provider("a", *models, probe=ProbeRules(kind)),)
    factory = FakeClientFactory({"a": clients(probe=probe)})
    holder = SnapshotHolder()
    stored = StoredCatalog(1, all_of_them, ())
    holder.current = compile_snapshot(stored, factory, FakeSecrets())
    return Probing(holder, HealthBoard(), FrozenClock())


def failing(kind: FailureKind) -> FakeProbe:
    return FakeProbe(ProviderFailure(kind, "no"))


async def test_three_failed_probes_open_all_that_the_provider_deploys() -> None:
    asked = probing(failing(FailureKind.TRANSPORT))
    for _ in range(3):
        (outcome,) = await asked.now("a")
    assert (outcome.account, outcome.good, outcome.detail) == ("a", False, "transport: no")
    assert [asked.board.of(id).is_open for id in (M, N)] == [True, True]
    assert len(asked.board.take_events()) == 2


async def test_a_good_probe_closes_what_probes_opened() -> None:
    probe = failing(FailureKind.OVERLOADED)
    asked = probing(probe)
    for _ in range(3):
        await asked.now("a")
    probe.names = ("x", "y")
    (outcome,) = await asked.now("a")
    assert (outcome.good, outcome.detail, outcome.kind) == (
        True,
        "lists 2 models",
        ProbeKind.MODELS,
    )
    record = asked.board.of(M)
    assert (record.circuit, record.reason) == (Closed(), Reason.PROBE)


@pytest.mark.parametrize(
    "kind", [FailureKind.RATE_LIMITED, FailureKind.AUTH, FailureKind.BAD_REQUEST]
)
async def test_a_server_that_refuses_the_list_is_there(kind: FailureKind) -> None:
    asked = probing(failing(kind))
    outcomes = [(await asked.now("a"))[0].good for _ in range(3)]
    assert outcomes == [True] * 3
    assert asked.board.of(M).circuit == Closed()


async def test_a_completion_that_is_refused_for_the_key_is_no_answer() -> None:
    probe = failing(FailureKind.AUTH)
    (outcome,) = await probing(probe, kind=ProbeKind.COMPLETION).now("a")
    assert not outcome.good
    assert probe.asked == ["completion of a/m"]


async def test_a_limited_completion_is_no_failure() -> None:
    asked = probing(failing(FailureKind.RATE_LIMITED), kind=ProbeKind.COMPLETION)
    assert (await asked.now("a"))[0].good


@pytest.mark.parametrize(
    ("kind", "asks", "detail"),
    [
        (ProbeKind.CONNECT, "connect", "takes connections"),
        (ProbeKind.OFF, "models", "lists 0 models"),
        (ProbeKind.COMPLETION, "completion of a/m", "m answers"),
    ],
)
async def test_each_kind_asks_what_it_says(kind: ProbeKind, asks: str, detail: str) -> None:
    probe = FakeProbe()
    (outcome,) = await probing(probe, kind=kind).now("a")
    assert (probe.asked, outcome.detail, outcome.good) == ([asks], detail, True)


async def test_a_provider_that_is_not_known_is_refused_with_names_like_it() -> None:
    with pytest.raises(DomainError, match=r"no provider 'aa'.*did you mean 'a'"):
        await probing(FakeProbe()).now("aa")


async def test_a_provider_that_cannot_be_asked_is_refused_with_the_reason() -> None:
    asked = probing(FakeProbe(), provider("b", enabled=False))
    with pytest.raises(DomainError, match="b is disabled") as refused:
        await asked.now("b")
    assert refused.value.code == "provider.not_usable"
