from datetime import date
from decimal import Decimal

import pytest

from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability
from turnout.infrastructure.config.known_models import known_capabilities, known_window_and_price

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("model", "offers", "lacks"),
    [
        ("gpt-4", Capability.TOOLS, Capability.VISION),
        ("gpt-4o-2024-08-06", Capability.VISION, Capability.REASONING),
        ("gpt-5-mini", Capability.REASONING, Capability.AUDIO),
        ("o3", Capability.REASONING, Capability.AUDIO),
        ("claude-3-5-sonnet-20241022", Capability.ASSISTANT_PREFILL, Capability.REASONING),
        ("claude-opus-4-1", Capability.JSON_SCHEMA, Capability.AUDIO),
        ("gemini-2.5-pro", Capability.AUDIO, Capability.ASSISTANT_PREFILL),
        ("text-embedding-3-small", Capability.EMBEDDINGS, Capability.CHAT),
        ("openai/gpt-4o", Capability.VISION, Capability.EMBEDDINGS),
        ("mistral-large-latest", Capability.ASSISTANT_PREFILL, Capability.VISION),
    ],
)
def test_well_known_models_are_known(model: str, offers: Capability, lacks: Capability) -> None:
    known = known_capabilities(model)
    assert offers in known
    assert lacks not in known


def test_a_model_that_nobody_knows_is_taken_to_chat_stream_and_use_tools() -> None:
    assert known_capabilities("my-own-thing") == UNKNOWN_MODEL == {"chat", "streaming", "tools"}


def test_windows_and_prices_come_from_the_price_book() -> None:
    window, price = known_window_and_price("openai", "gpt-4o", TODAY)
    assert window == 128_000
    assert price is not None
    assert price.cached_input is not None
    assert Decimal(0) < price.cached_input < price.input < price.output


def test_the_price_of_the_day_counts() -> None:
    _, before = known_window_and_price("openai", "o3", date(2025, 6, 1))
    _, after = known_window_and_price("openai", "o3", TODAY)
    assert before is not None
    assert after is not None
    assert after.input < before.input


@pytest.mark.parametrize("vendor", ["openai", "ollama", "", "nobody"])
def test_what_is_unknown_is_not_zero(vendor: str) -> None:
    assert known_window_and_price(vendor, "nobody-knows-this", TODAY) == (None, None)
