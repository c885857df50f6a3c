from datetime import date

import pytest

from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.config.declaration import KnownVendor
from turnout.infrastructure.config.entry import EntryReader

OPENAI = KnownVendor(
    "openai", WireProtocol.OPENAI_CHAT, "https://api.openai.com/v1", "OPENAI_API_KEY"
)
READ = EntryReader({"openai": OPENAI}, lambda: date(2026, 1, 1))


def test_a_vendors_name_implies_the_rest() -> None:
    settings = READ(ProviderId("openai"), {"models": ["gpt-4o"]})
    assert (settings.vendor, settings.base_url) == ("openai", OPENAI.base_url)
    assert settings.credential == "${OPENAI_API_KEY}"
    (model,) = settings.deployments
    assert Capability.VISION in model.capabilities
    assert model.context_window == 128_000
    assert model.price is not None


def test_any_other_server_is_spelled_out() -> None:
    settings = READ(
        ProviderId("mine"),
        {
            "protocol": "gemini",
            "base_url": "http://127.0.0.1:9/",
            "models": [{"name": "m", "capabilities": ["-tools"]}],
            "timeouts": {"connect_seconds": 1.5},
            "enabled": False,
            "weight": 3,
        },
    )
    assert (settings.protocol, settings.base_url) == (WireProtocol.GEMINI, "http://127.0.0.1:9")
    assert settings.timeouts == Timeouts(connect_seconds=1.5)
    assert (settings.enabled, settings.weight, settings.credential) == (False, 3, None)
    assert Capability.TOOLS not in settings.deployments[0].capabilities


@pytest.mark.parametrize(
    "entry, told",
    [
        ({"models": [], "wieght": 1}, "models: found a list, expected at least 1 entry"),
        ({"models": ["a"], "wieght": 1}, "wieght: found the unknown key 'wieght'"),
        ({"models": [{"name": "a", "price": {"input": True}}]}, r"models\[0\].price.input: found"),
        ({"models": ["a", "a"]}, "entry: openai: 'a' is named twice"),
        ({}, "models: "),
    ],
)
def test_what_is_wrong_is_named_by_its_field_alone(entry: dict[str, object], told: str) -> None:
    with pytest.raises(DomainError, match=told) as refused:
        READ(ProviderId("openai"), entry)
    assert refused.value.code == "provider.entry"
    assert "request" not in refused.value.message
    assert "ai_providers" not in refused.value.message


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DomainError) as refused:
        READ(ProviderId("openai"), {"models": [], "weight": 0})
    assert refused.value.message.count("; ") == 1


def test_an_unknown_vendor_is_named() -> None:
    with pytest.raises(DomainError, match="expected a known vendor"):
        READ(ProviderId("opnai"), {"models": ["a"]})
