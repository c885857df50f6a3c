import pytest
from tests.fakes.store import Contents, FakeStore
from tests.support.catalog import OPENAI, plain_settings

from turnout.application.commands.enable_provider import EnableProvider, EnableProviderHandler
from turnout.domain.catalog.events import ProviderRevised
from turnout.domain.shared.errors import DomainError


async def test_a_provider_is_switched_off_and_on() -> None:
    store = FakeStore(Contents(providers={OPENAI: plain_settings(OPENAI)}))
    enable = EnableProviderHandler(store.begin)
    seen = []
    for enabled in (False, False, True):
        await enable(EnableProvider(OPENAI, enabled))
        seen.append(store.contents.providers[OPENAI].enabled)
    assert seen == [False, False, True]
    assert store.contents.events == (ProviderRevised(OPENAI, ("enabled",)),) * 2


async def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        await EnableProviderHandler(FakeStore().begin)(EnableProvider(OPENAI))
    assert refusal.value.code == "provider.unknown"
