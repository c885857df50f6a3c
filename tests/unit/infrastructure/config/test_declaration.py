"""From settings to providers and chains, without a file; test_loader has the faults' places."""

from datetime import date
from typing import Any

import pytest

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.catalog.timeouts import ModelTimeouts, Timeouts
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.fallback_chain import DEADLINE_SECONDS
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.config.declaration import Declaring, KnownVendor
from turnout.infrastructure.config.faults import Fault, Origin
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.tree import Node

GROQ = KnownVendor("groq", WireProtocol.OPENAI_CHAT, "https://api.groq.com/v1/", "GROQ_API_KEY")
ANTHROPIC = KnownVendor("anthropic", WireProtocol.ANTHROPIC_MESSAGES, "https://a", "A_KEY")
VENDORS = {"groq": GROQ, "anthropic": ANTHROPIC}
MINE = ProviderId("mine")


def declaring(content: dict[str, Any]) -> tuple[Declaring, list[Fault]]:
    faults: list[Fault] = []
    tree = Node({}, Origin("f"))
    settings = Settings.model_validate(content)
    return Declaring(settings, tree, VENDORS, date(2026, 1, 1), faults), faults


def declared(content: dict[str, Any]) -> Any:
    made, faults = declaring(content)
    found = made.declared()
    assert faults == []
    return found


def test_a_vendor_implies_what_is_not_said() -> None:
    entry = {"vendor": "groq", "models": ["m"]}
    settings = declared({"ai_providers": {MINE: entry}}).providers[MINE]
    assert (settings.vendor, settings.protocol) == ("groq", WireProtocol.OPENAI_CHAT)
    assert settings.base_url == "https://api.groq.com/v1"
    assert settings.credential == "${GROQ_API_KEY}"


def test_a_name_with_another_protocol_is_no_vendor() -> None:
    entry = {"protocol": "gemini", "base_url": "http://h", "models": ["m"]}
    settings = declared({"ai_providers": {"groq": entry}}).providers[ProviderId("groq")]
    assert (settings.vendor, settings.protocol) == ("", WireProtocol.GEMINI)
    assert settings.credential is None


@pytest.mark.parametrize(
    "key, credential",
    [("${KEY}", "${KEY}"), ("file:/k", "file:/k"), ("planted", "config:mine")],
)
def test_a_literal_key_is_kept_out_of_the_store(key: str, credential: str) -> None:
    entry = {"vendor": "groq", "api_key": key, "models": ["m"]}
    settings = declared({"ai_providers": {MINE: entry}}).providers[MINE]
    assert settings.credential == credential


def test_several_keys_are_credentials_in_order() -> None:
    entry = {"vendor": "groq", "models": ["m"], "api_keys": ["${A}", "sk-literal", "file:/b"]}
    settings = declared({"ai_providers": {MINE: entry}}).providers[MINE]
    assert settings.credentials == ("${A}", "config:mine#2", "file:/b")


@pytest.mark.parametrize(
    ("entry", "path", "says"),
    [
        ({"api_key": "sk-1", "api_keys": ["sk-2"]}, "api_keys", "api_keys beside api_key"),
        ({"api_keys": ["sk-1", "sk-2", "sk-1"]}, "api_keys[2]", "the key of api_keys[0] again"),
    ],
)
def test_keys_that_cannot_be_meant_are_faults_that_show_none(
    entry: dict[str, Any], path: str, says: str
) -> None:
    made, faults = declaring({"ai_providers": {MINE: {"vendor": "groq", "models": ["m"], **entry}}})
    made.declared()
    assert faults[0].path == f"ai_providers.mine.{path}"
    assert faults[0].found == says
    assert "sk-" not in str(faults)


def test_rules_are_the_providers_then_the_usual_ones() -> None:
    entry = {"vendor": "groq", "models": ["m"], "circuit": {"open_seconds": 3}, "probe": "connect"}
    upstream = {"circuit": {"strikes_to_open": 9}, "concurrency": {"most": 4}}
    content = {"ai_providers": {MINE: entry}, "upstream": upstream}
    settings = declared(content).providers[MINE]
    assert settings.circuit == CircuitLimits(strikes_to_open=9, open_seconds=3)
    assert settings.probe == ProbeRules(ProbeKind.CONNECT)
    assert settings.concurrency == ConcurrencyRules(most=4)


def test_rules_that_do_not_go_together_are_a_fault() -> None:
    entry = {"vendor": "groq", "models": ["m"], "circuit": {"open_seconds": 999}}
    made, faults = declaring({"ai_providers": {MINE: entry}})
    assert made.declared().providers == {}
    assert [fault.hint for fault in faults] == ["circuit.cap"]


def test_a_chain_sticks_and_hedges_as_it_says() -> None:
    chain = {"tiers": [["mine"]], "strategy": "sticky", "sticky": {"by": "key"}, "hedge": True}
    content = {
        "ai_providers": {MINE: {"vendor": "groq", "models": ["m"]}},
        "fallback_chains": {"c": chain},
    }
    rules = declared(content).chains[ChainId("c")]
    assert (rules.strategy, rules.sticky) == (Strategy.STICKY, Stickiness(StickyBy.KEY))
    assert rules.hedge == HedgeRules()


def test_sticking_under_another_strategy_is_a_fault() -> None:
    content = {
        "ai_providers": {MINE: {"vendor": "groq", "models": ["m"]}},
        "fallback_chains": {"c": {"tiers": [["mine"]], "sticky": {"by": "key"}}},
    }
    made, faults = declaring(content)
    assert made.declared().chains == {}
    assert [fault.hint for fault in faults] == ["chain.sticky"]


def test_time_limits_are_the_providers_then_the_usual_ones() -> None:
    content = {
        "upstream": {"timeouts": {"connect_seconds": 1, "total_seconds": 9}},
        "ai_providers": {
            MINE: {"vendor": "groq", "models": ["m"], "timeouts": {"total_seconds": 3}}
        },
    }
    assert declared(content).providers[MINE].timeouts == Timeouts(
        connect_seconds=1, total_seconds=3
    )


def test_a_models_own_time_limits_are_its_own() -> None:
    models = [{"name": "slow", "timeouts": {"first_token_seconds": 60}}, "other"]
    settings = declared({"ai_providers": {MINE: {"vendor": "groq", "models": models}}})
    slow, other = settings.providers[MINE].deployments
    assert slow.timeouts == ModelTimeouts(first_token_seconds=60)
    assert other.timeouts == ModelTimeouts()


def test_capabilities_are_added_and_taken_away_within_what_the_protocol_carries() -> None:
    models = [{"name": "m", "capabilities": ["vision", "-tools"]}, "text-embed"]
    entry = {"vendor": "anthropic", "models": models}
    first, second = declared({"ai_providers": {MINE: entry}}).providers[MINE].deployments
    assert first.capabilities == {Capability.CHAT, Capability.STREAMING, Capability.VISION}
    assert second.capabilities == frozenset()


def test_a_chain_has_its_rules_or_the_usual_ones() -> None:
    providers = {MINE: {"vendor": "groq", "models": ["m"]}}
    chains = {
        "short": ["mine/m"],
        "long": {"tiers": [[{"target": "mine", "weight": 3}]], "max_attempts": 2, "on": ["auth"]},
    }
    found = declared({"ai_providers": providers, "fallback_chains": chains}).chains
    short, long = found[ChainId("short")], found[ChainId("long")]
    assert (short.deadline_seconds, short.on) == (DEADLINE_SECONDS, None)
    assert (long.max_attempts, long.on) == (2, frozenset({FailureKind.AUTH}))
    assert long.tiers[0][0].weight == 3


def test_what_cannot_be_declared_is_left_out_and_the_rest_is_there() -> None:
    content = {
        "ai_providers": {
            "good": {"vendor": "groq", "models": ["m"]},
            "bad": {"vendor": "groq", "models": ["m", "m"]},
            "wild": {"models": ["m"]},
        },
        "fallback_chains": {"a": ["good"], "b": ["good/x"]},
    }
    made, faults = declaring(content)
    found = made.declared()
    assert list(found.providers) == ["good"]
    assert [fault.path for fault in faults] == [
        "ai_providers.bad",
        "ai_providers.wild",
        "fallback_chains.b.tiers[0]",
    ]
