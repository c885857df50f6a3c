from tests.fakes.clients import FakeClientFactory, FakeSecrets
from tests.support.gateways import deployment, provider

from turnout.application.health.accounts import accounts_of, limits_of
from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.domain.catalog.circuit_limits import CircuitLimits

STRICT = CircuitLimits(strikes_to_open=1)
STORED = StoredCatalog(
    1,
    (
        provider("a", deployment("a", "m"), deployment("a", "n"), circuit=STRICT),
        provider("b", enabled=False),
        provider("c", credential="${GONE}", further_credentials=("known",)),
    ),
    (),
)
SNAPSHOT = compile_snapshot(STORED, FakeClientFactory(), FakeSecrets())


def test_a_provider_is_an_account_also_where_it_cannot_be_asked() -> None:
    accounts = {account.name: account for account in accounts_of(SNAPSHOT)}
    assert accounts["a"].deployments == ("a/m", "a/n")
    assert accounts["a"].clients is not None
    assert accounts["b"].clients is None


def test_each_credential_is_an_account() -> None:
    accounts = {account.name: account for account in accounts_of(SNAPSHOT)}
    assert accounts["c"].deployments == ("c/m",)
    assert accounts["c#2"].deployments == ("c/m#2",)
    assert accounts["c"].clients is None
    assert accounts["c#2"].clients is not None


def test_limits_are_those_of_the_provider() -> None:
    usual = CircuitLimits()
    assert limits_of(SNAPSHOT) == {
        "a/m": STRICT,
        "a/n": STRICT,
        "b/m": usual,
        "c/m": usual,
        "c/m#2": usual,
    }
