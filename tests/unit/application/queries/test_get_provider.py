import pytest
from tests.fakes.store import Contents, FakeProviderView, FakeStore
from tests.support.catalog import OPENAI, plain_settings

from turnout.application.queries.get_provider import GetProvider
from turnout.domain.shared.errors import DomainError

VIEW = FakeProviderView(FakeStore(Contents(providers={OPENAI: plain_settings(OPENAI)})))


async def test_a_provider_is_shown() -> None:
    assert (await GetProvider(VIEW)("openai")).base_url == "http://127.0.0.1:1/openai"


async def test_an_unknown_one_is_refused_with_names_like_it() -> None:
    with pytest.raises(DomainError, match="did you mean 'openai'") as refusal:
        await GetProvider(VIEW)("openia")
    assert refusal.value.code == "provider.unknown"
