"""Short forms, and what is refused; tests/docs compares every key with its documentation."""

from typing import Any

import pytest
from pydantic import ValidationError

from turnout.infrastructure.config.schema import ChainEntry, Settings

ENTRY: dict[str, Any] = {"protocol": "openai_chat", "base_url": "http://h", "models": ["m"]}


def test_nothing_at_all_is_a_configuration() -> None:
    settings = Settings()
    assert (settings.server.host, settings.ai_providers, settings.fallback_chains) == (
        "127.0.0.1",
        {},
        {},
    )


def test_a_models_name_is_short_for_the_model() -> None:
    models = [{"name": "large", "aliases": ["big"]}, "small"]
    settings = Settings.model_validate({"ai_providers": {"a": {**ENTRY, "models": models}}})
    assert [model.name for model in settings.ai_providers["a"].models] == ["large", "small"]


def test_a_list_of_targets_is_short_for_one_tier_each() -> None:
    short = ChainEntry.model_validate(["a", "b/m"])
    long = ChainEntry.model_validate({"tiers": [[{"target": "a"}], [{"target": "b/m"}]]})
    assert short == long


@pytest.mark.parametrize(
    "content",
    [
        {"sever": {}},
        {"server": {"prot": 1}},
        {"server": {"port": 65536}},
        {"server": {"workers": True}},
        {"server": {"drain_seconds": 0}},
        {"upstream": {"http2": True}},
        {"metadata": {"environment": "../other"}},
        {"ai_providers": {"a": {**ENTRY, "models": []}}},
        {"ai_providers": {"a": {**ENTRY, "models": [5]}}},
        {"ai_providers": {"a": {**ENTRY, "weight": 0}}},
        {"ai_providers": {"a": {**ENTRY, "protocol": "smtp"}}},
        {"fallback_chains": {"default": []}},
        {"fallback_chains": {"default": [[]]}},
        {"fallback_chains": {"default": {"tiers": [[]]}}},
        {"fallback_chains": {"default": {"tiers": [["a"]], "on": ["sometimes"]}}},
    ],
)
def test_what_makes_no_sense_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(content)
