import pytest
from tests.fakes.store import Contents, FakeProviderView, FakeStore
from tests.support.catalog import GOOGLE, OPENAI, full_settings, plain_settings

from turnout.application.queries.list_providers import ListProviders
from turnout.domain.inference.capability import Capability

STORE = FakeStore(
    Contents(providers={OPENAI: full_settings(OPENAI), GOOGLE: plain_settings(GOOGLE, "gemini")})
)


@pytest.mark.parametrize(
    ("capabilities", "found"),
    [
        ((), {"google": ["gemini"], "openai": ["large", "a-second-one"]}),
        ((Capability.CHAT,), {"google": ["gemini"], "openai": ["large", "a-second-one"]}),
        ((Capability.VISION,), {"openai": ["large"]}),
        ((Capability.VISION, Capability.TOOLS), {"openai": ["large"]}),
        ((Capability.VISION, Capability.AUDIO), {}),
    ],
)
async def test_discovery_by_capability(
    capabilities: tuple[Capability, ...], found: dict[str, list[str]]
) -> None:
    rows = await ListProviders(FakeProviderView(STORE))(frozenset(capabilities))
    assert {row.name: [d.model for d in row.deployments] for row in rows} == found


async def test_a_provider_without_models_is_listed_where_nothing_is_asked() -> None:
    view = FakeProviderView(FakeStore(Contents(providers={OPENAI: plain_settings(OPENAI)})))
    assert [row.name for row in await ListProviders(view)()] == ["openai"]
    assert await ListProviders(view)(frozenset({Capability.CHAT})) == []
