from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import Target
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.config.declaration import KnownVendor
from turnout.infrastructure.config.faults import ConfigurationFaults
from turnout.infrastructure.config.loader import ConfigurationLoader, LoadedConfiguration

VENDORS = {
    vendor.name: vendor
    for vendor in (
        KnownVendor(
            "openai", WireProtocol.OPENAI_CHAT, "https://api.openai.com/v1", "OPENAI_API_KEY"
        ),
        KnownVendor("google", WireProtocol.GEMINI, "https://google.example", "GOOGLE_API_KEY"),
        KnownVendor("azure_openai", WireProtocol.OPENAI_CHAT, "", "AZURE_OPENAI_API_KEY"),
    )
}
THE_USERS_FILE = """\
metadata:
  version: "1.0.0"
  environment: "production"
ai_providers:
  openai:
    enabled: true
    models: ["gpt-4", "gpt-3.5-turbo"]
  google:
    enabled: true
    models: ["gemini-1.5-flash-latest"]
fallback_chains:
  default: ["openai", "google"]
"""


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> LoadedConfiguration:
    file = folder / "turnout.yaml"
    file.write_text(text)
    return ConfigurationLoader(VENDORS, environ or {}, date(2026, 11, 24)).load(file)


def faults(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationFaults) as bad:
        load(folder, text, environ)
    return [str(fault).removeprefix(f"{folder}/") for fault in bad.value.faults]


def test_the_users_file_loads_as_it_stands(tmp_path: Path) -> None:
    declared = load(tmp_path, THE_USERS_FILE).declared
    openai = declared.providers[ProviderId("openai")]
    google = declared.providers[ProviderId("google")]
    assert (openai.protocol, openai.base_url) == ("openai_chat", "https://api.openai.com/v1")
    assert (openai.credential, google.credential) == ("${OPENAI_API_KEY}", "${GOOGLE_API_KEY}")
    assert [d.model for d in openai.deployments] == ["gpt-4", "gpt-3.5-turbo"]
    assert openai.deployments[0].context_window == 8192
    assert openai.deployments[0].price is not None
    assert openai.deployments[0].price.input == Decimal(30)
    assert declared.chains[ChainId("default")].tiers == (
        (Target(ProviderId("openai")),),
        (Target(ProviderId("google")),),
    )


def test_a_chain_may_have_rules_of_its_own_for_the_cache(tmp_path: Path) -> None:
    text = """\
ai_providers: {openai: {models: [a]}}
fallback_chains:
  plain: [openai]
  faq: {tiers: [[openai]], cache: {enabled: true, ttl_seconds: 3600}}
cache: {ttl_seconds: 5, max_entries: 7}
"""
    loaded = load(tmp_path, text)
    chains = loaded.declared.chains
    assert chains[ChainId("plain")].cache is None
    assert chains[ChainId("faq")].cache == CacheRules(enabled=True, ttl_seconds=3600)
    cache = loaded.settings.cache
    assert (cache.enabled, cache.single_flight, cache.ttl_seconds) == (False, True, 5)
    assert (cache.max_entries, cache.max_bytes) == (7, 64 * 1024 * 1024)


def test_any_other_server_is_a_row(tmp_path: Path) -> None:
    text = """\
ai_providers:
  mine:
    protocol: anthropic_messages
    base_url: http://localhost:1234/
    api_key: ${MINE}
    weight: 3
    priority: 1
    headers: {x-team: blue}
    timeouts: {total_seconds: 5}
    models:
      - name: big
        upstream: big-v2
        aliases: [large]
        capabilities: [vision, -tools]
        context_window: 1000
        price: {input: 1.5, output: 2}
upstream:
  timeouts: {connect_seconds: 2, total_seconds: 50}
"""
    mine = load(tmp_path, text, {"MINE": "secret"}).declared.providers[ProviderId("mine")]
    (big,) = mine.deployments
    assert (mine.vendor, mine.base_url, mine.credential) == ("", "http://localhost:1234", "${MINE}")
    assert (mine.weight, mine.priority, mine.headers) == (3, 1, {"x-team": "blue"})
    assert (mine.timeouts.connect_seconds, mine.timeouts.total_seconds) == (2, 5)
    assert (big.upstream, big.aliases, big.context_window) == ("big-v2", ("large",), 1000)
    assert big.capabilities == {"chat", "streaming", "vision"}
    assert big.price is not None
    assert (big.price.input, big.price.output) == (Decimal("1.5"), Decimal(2))


def test_an_unknown_price_is_unknown(tmp_path: Path) -> None:
    text = "ai_providers: {openai: {models: [gpt-nobody-knows-this]}}"
    (deployment,) = load(tmp_path, text).declared.providers[ProviderId("openai")].deployments
    assert deployment.price is None
    assert deployment.context_window is None


def test_layers_lie_over_each_other_in_order(tmp_path: Path) -> None:
    (tmp_path / "turnout.production.yaml").write_text(
        "server: {port: 2, workers: '${WORKERS:-4}'}\nai_providers: {openai: {models: [only-this]}}"
    )
    text = THE_USERS_FILE + "server: {port: 1, drain_seconds: 7}\n"
    loaded = load(tmp_path, text, {"TURNOUT__SERVER__WORKERS": "9"})
    server = loaded.settings.server
    assert (server.port, server.drain_seconds, server.workers) == (2, 7, 9)
    openai = loaded.declared.providers[ProviderId("openai")]
    assert [d.model for d in openai.deployments] == ["only-this"]


def test_a_variable_may_choose_the_environment(tmp_path: Path) -> None:
    (tmp_path / "turnout.staging.yaml").write_text("server: {port: 3}")
    environ = {"TURNOUT__METADATA__ENVIRONMENT": "staging"}
    assert load(tmp_path, THE_USERS_FILE, environ).settings.server.port == 3


def test_a_key_in_the_file_itself_never_reaches_the_store(tmp_path: Path) -> None:
    loaded = load(tmp_path, "ai_providers: {openai: {api_key: sk-plain, models: [gpt-4]}}")
    assert loaded.declared.providers[ProviderId("openai")].credential == "config:openai"
    assert loaded.literal_secrets == {"config:openai": "sk-plain"}
    assert "sk-plain" not in repr(loaded.declared)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  b: [1", "turnout.yaml:2: (file): "),
        ("[1]", "turnout.yaml:1: (file): found a list, expected a mapping of sections"),
        ("server: {port: 1}\nserver: {port: 2}", "turnout.yaml:2: server: found the key again"),
        ("server:\n  prot: 1", "turnout.yaml:2: server.prot: found the unknown key 'prot'"),
        ("server:\n  port: x", "turnout.yaml:2: server.port: found 'x', expected a whole number"),
        (
            "ai_providers:\n  opnai:\n    models: [a]",
            "turnout.yaml:2: ai_providers.opnai: found 'opnai', expected a known vendor "
            "(azure_openai, google, openai) (did you mean 'openai'?)",
        ),
        (
            "ai_providers:\n  azure_openai:\n    models: [a]",
            "turnout.yaml:2: ai_providers.azure_openai.base_url: found a mapping, "
            "expected the server's address",
        ),
        (
            "ai_providers:\n  openai:\n    models: [{name: a, capabilities: [visoin]}]",
            "turnout.yaml:3: ai_providers.openai.models[0].capabilities[0]: found 'visoin'",
        ),
        (
            "ai_providers: {openai: {models: [a]}}\nfallback_chains:\n  default: [opnai]",
            "turnout.yaml:3: fallback_chains.default[0]: found 'opnai', "
            "expected a provider of ai_providers (openai) (did you mean 'openai'?)",
        ),
        (
            "ai_providers: {openai: {models: [gpt-4]}}\nfallback_chains:\n  d: [openai/gpt-5]",
            "turnout.yaml:3: fallback_chains.d[0]: found 'openai/gpt-5', "
            "expected a model of openai (gpt-4) (did you mean 'openai/gpt-4'?)",
        ),
        (
            "ai_providers: {openai: {models: [a]}}\nfallback_chains: {d: [openai, openai]}",
            "turnout.yaml:2: fallback_chains.d: d: openai is named twice (chain.duplicate_target)",
        ),
        (
            "server: {access_keys: ['${NOPE}']}",
            "turnout.yaml:1: server.access_keys[0]: found ${NOPE}",
        ),
    ],
)
def test_a_fault_names_place_value_and_what_was_expected(
    tmp_path: Path, text: str, expected: str
) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault.startswith(expected), fault


def test_a_capability_is_suggested_by_its_word(tmp_path: Path) -> None:
    (fault,) = faults(
        tmp_path, "ai_providers: {openai: {models: [{name: a, capabilities: [visoin]}]}}"
    )
    assert fault.endswith("prompt_cache, or -NAME (did you mean 'vision'?)")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = "server: {port: x, workers: 0}\nai_providers: {openai: {models: []}}"
    assert len(faults(tmp_path, text)) == 3


def test_a_bad_variable_is_named_as_the_place(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "{}", {"TURNOUT__SERVER__PORT": "99999"})
    assert fault == "TURNOUT__SERVER__PORT: server.port: found 99999, expected at most 65535"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationFaults, match="no such file"):
        ConfigurationLoader(VENDORS, {}, date(2026, 1, 1)).load(tmp_path / "no.yaml")


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "turnout.yaml"
    file.write_bytes(b"a: \xff")
    with pytest.raises(ConfigurationFaults, match="byte 3 that is not UTF-8"):
        ConfigurationLoader(VENDORS, {}, date(2026, 1, 1)).load(file)
