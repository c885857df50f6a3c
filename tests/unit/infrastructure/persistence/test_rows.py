from dataclasses import replace
from decimal import Decimal

from tests.support.catalog import (
    OPENAI,
    chain_of,
    deployment,
    full_rules,
    full_settings,
    plain_settings,
)

from turnout.domain.catalog.price import Price
from turnout.infrastructure.persistence.rows import (
    chain_from,
    fill_chain,
    fill_provider,
    provider_from,
)
from turnout.infrastructure.persistence.tables import StoredChain, StoredProvider


def test_a_provider_survives_the_round_trip() -> None:
    row = StoredProvider(id=OPENAI)
    fill_provider(row, full_settings(OPENAI))
    assert provider_from(row).id == OPENAI
    assert provider_from(row).settings == full_settings(OPENAI)


def test_a_row_is_filled_anew() -> None:
    row = StoredProvider(id=OPENAI)
    fill_provider(row, full_settings(OPENAI))
    fill_provider(row, plain_settings(OPENAI, "one"))
    assert provider_from(row).settings == plain_settings(OPENAI, "one")


def test_prices_stay_exact() -> None:
    price = Price(Decimal("0.1"), Decimal("0.00000000000000000003"), None, Decimal("1.10"))
    settings = replace(
        plain_settings(OPENAI), deployments=(replace(deployment(OPENAI, "m"), price=price),)
    )
    row = StoredProvider(id=OPENAI)
    fill_provider(row, settings)
    assert row.deployments[0].price == {
        "input": "0.1",
        "output": "3E-20",
        "cache_write": "1.10",
    }
    assert provider_from(row).settings.deployments[0].price == price


def test_a_chain_survives_the_round_trip() -> None:
    for rules in (full_rules(), chain_of("a/b/c", "a/", "a")):
        row = StoredChain(id="main")
        fill_chain(row, rules)
        assert chain_from(row).rules == rules


def test_failure_kinds_are_stored_in_order() -> None:
    row = StoredChain(id="main")
    fill_chain(row, full_rules())
    assert row.on_failures == ["rate_limited", "timeout"]
