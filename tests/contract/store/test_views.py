"""ProviderView and ChainView keep their promises."""

from dataclasses import replace

import pytest

from tests.contract.store.stores import Store
from tests.support.catalog import (
    GOOGLE,
    OPENAI,
    chain_of,
    full_rules,
    full_settings,
    plain_settings,
)
from turnout.application.ports.views import ChainRow, DeploymentRow, ProviderRow, TargetRow

FULL_PROVIDER = ProviderRow(
    name="openai",
    vendor="azure_openai",
    protocol="openai_chat",
    base_url="https://example.invalid/openai",
    credential="${AZURE_KEY}",
    further_credentials=("${AZURE_KEY_2}", "file:/run/secrets/azure"),
    enabled=False,
    weight=7,
    priority=3,
    headers={"x-team": "search", "authorization": "Bearer ${OTHER_KEY}"},
    options={"api_version": "2024-10-21"},
    timeouts={
        "connect_seconds": 1.5,
        "first_token_seconds": 2.5,
        "between_tokens_seconds": 3.5,
        "total_seconds": 4.5,
    },
    circuit={
        "strikes_to_open": 3,
        "error_rate_to_open": 0.5,
        "slow_seconds": 2.5,
        "slow_rate_to_open": 0.8,
        "least_calls": 20,
        "window_seconds": 60.0,
        "open_seconds": 10.0,
        "open_seconds_cap": 300.0,
    },
    probe={"kind": "off", "interval_seconds": 90.0},
    concurrency={"adaptive": False, "most": 12, "queue": 0, "queue_seconds": 5.0},
    connecting={
        "ca_file": None,
        "client_cert_file": None,
        "client_key_file": None,
        "public_only": False,
    },
    declared=False,
    deployments=(
        DeploymentRow(
            model="large",
            upstream="vendor/large-2",
            aliases=("big", "best"),
            capabilities=("chat", "streaming", "tools", "vision"),
            context_window=128_000,
            max_output_tokens=4_096,
            price={"input": "2.50", "output": "10", "cached_input": "1.25"},
            timeouts={"first_token_seconds": 90.0},
        ),
        DeploymentRow(
            model="a-second-one",
            upstream="a-second-one",
            aliases=(),
            capabilities=("chat", "streaming", "tools"),
            context_window=None,
            max_output_tokens=None,
            price=None,
        ),
    ),
)

FULL_CHAIN = ChainRow(
    name="main",
    tiers=((TargetRow("openai/large", 3), TargetRow("google", 1)), (TargetRow("openai", 1),)),
    strategy="sticky",
    deadline_seconds=12.5,
    max_attempts=2,
    on=("rate_limited", "timeout"),
    rescue=False,
    cache={"enabled": True, "ttl_seconds": 60.0},
    sticky={"by": "header", "header": "X-Session"},
    hedge={"after_seconds": 1.5, "most_share": 0.1},
    declared=True,
)


async def test_a_provider_is_shown_whole(store: Store) -> None:
    await store.register(OPENAI, full_settings(OPENAI))
    assert await store.providers.get("openai") == FULL_PROVIDER
    assert await store.providers.list() == [FULL_PROVIDER]


async def test_a_chain_is_shown_whole(store: Store) -> None:
    await store.define("main", full_rules())
    await store.declare("chain:main", "0" * 64)
    assert await store.chains.get("main") == FULL_CHAIN
    assert await store.chains.list() == [FULL_CHAIN]


async def test_a_chain_without_a_list_of_failures_has_none(store: Store) -> None:
    await store.define("main", chain_of("openai"))
    row = await store.chains.get("main")
    assert row is not None
    assert row.on is None
    assert not row.declared


async def test_lists_are_in_order_of_names(store: Store) -> None:
    await store.register(OPENAI, plain_settings(OPENAI))
    await store.register(GOOGLE, plain_settings(GOOGLE))
    await store.declare("provider:google", "0" * 64)
    rows = await store.providers.list()
    assert [(row.name, row.declared) for row in rows] == [("google", True), ("openai", False)]


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert await store.providers.get("openai") is None
    assert await store.chains.get("main") is None


@pytest.mark.parametrize(
    ("credential", "shown"),
    [
        (None, None),
        ("${OPENAI_API_KEY}", "${OPENAI_API_KEY}"),
        ("file:/run/secrets/openai", "file:/run/secrets/openai"),
        ("config:openai", "config:openai"),
        ("sk-a-literal", "***"),
        ("${KEY:-sk-a-literal}", "***"),
    ],
)
async def test_a_literal_secret_is_never_shown(
    store: Store, credential: str | None, shown: str | None
) -> None:
    settings = replace(
        plain_settings(OPENAI), credential=credential, headers={"X-Api-Key": credential or "-"}
    )
    await store.register(OPENAI, settings)
    row = await store.providers.get("openai")
    assert row is not None
    assert row.credential == shown
    assert row.headers == {"X-Api-Key": shown or "***"}
