"""CatalogSource keeps its promises, as the store itself and as what is published for workers."""

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
from turnout.application.ports.catalog_source import CatalogSource


@pytest.fixture(params=["source", "publication"])
def source(request: pytest.FixtureRequest, store: Store) -> CatalogSource:
    return store.source if request.param == "source" else store.publication


async def test_an_empty_store_is_at_revision_zero(source: CatalogSource) -> None:
    catalog = await source.load()
    assert (catalog.revision, catalog.providers, catalog.chains) == (0, (), ())
    assert await source.revision() == 0


async def test_each_change_raises_the_revision(store: Store, source: CatalogSource) -> None:
    seen = [await source.revision()]
    await store.register(OPENAI, plain_settings(OPENAI))
    seen.append(await source.revision())
    await store.define("main", chain_of("openai"))
    seen.append(await source.revision())
    assert seen == sorted(set(seen))


async def test_a_digest_alone_is_no_change(store: Store, source: CatalogSource) -> None:
    await store.register(OPENAI, plain_settings(OPENAI))
    before = await source.revision()
    await store.declare("provider:openai", "0" * 64)
    assert await source.revision() == before


async def test_everything_is_loaded_in_order_of_names(store: Store, source: CatalogSource) -> None:
    await store.register(OPENAI, full_settings(OPENAI))
    await store.register(GOOGLE, plain_settings(GOOGLE, "gemini"))
    await store.define("main", full_rules())
    await store.define("Main", chain_of("google"))
    catalog = await source.load()
    assert catalog.revision == await source.revision()
    assert [(p.id, p.settings) for p in catalog.providers] == [
        (GOOGLE, plain_settings(GOOGLE, "gemini")),
        (OPENAI, full_settings(OPENAI)),
    ]
    assert [(c.id, c.rules) for c in catalog.chains] == [
        ("Main", chain_of("google")),
        ("main", full_rules()),
    ]


async def test_reading_is_not_held_up_by_a_unit_of_work_under_way(
    store: Store, source: CatalogSource
) -> None:
    await store.register(OPENAI, plain_settings(OPENAI))
    async with store.begin() as work:
        provider = await work.providers.get(OPENAI)
        assert provider is not None
        provider.enable(False)
        await work.providers.save(provider)
        (seen,) = (await source.load()).providers
        assert seen.settings.enabled
        assert await source.revision() == 1
