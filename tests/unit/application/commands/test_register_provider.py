import pytest
from tests.fakes.store import FakeStore
from tests.support.catalog import OPENAI, plain_settings

from turnout.application.commands.register_provider import (
    RegisterProvider,
    RegisterProviderHandler,
)
from turnout.domain.catalog.events import ProviderRegistered
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId


async def test_a_provider_is_stored_with_its_event() -> None:
    store = FakeStore()
    await RegisterProviderHandler(store.begin)(RegisterProvider(OPENAI, plain_settings(OPENAI)))
    assert store.contents.providers == {OPENAI: plain_settings(OPENAI)}
    assert store.contents.events == (ProviderRegistered(OPENAI),)


async def test_a_taken_name_is_refused() -> None:
    store = FakeStore()
    register = RegisterProviderHandler(store.begin)
    await register(RegisterProvider(OPENAI, plain_settings(OPENAI, "one")))
    with pytest.raises(DomainError) as refusal:
        await register(RegisterProvider(OPENAI, plain_settings(OPENAI, "two")))
    assert refusal.value.code == "provider.exists"
    assert store.contents.providers == {OPENAI: plain_settings(OPENAI, "one")}


async def test_bad_settings_are_refused_and_nothing_stored() -> None:
    store = FakeStore()
    with pytest.raises(DomainError) as refusal:
        await RegisterProviderHandler(store.begin)(
            RegisterProvider(ProviderId("a/b"), plain_settings(OPENAI))
        )
    assert refusal.value.code == "provider.name"
    assert store.contents.providers == {}
