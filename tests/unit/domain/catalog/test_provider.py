from collections.abc import Mapping
from dataclasses import replace

import pytest

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.events import ProviderRegistered, ProviderRetired, ProviderRevised
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId

ID = ProviderId("openai")
MODEL = Deployment(ID, "gpt", "gpt-4o", UNKNOWN_MODEL, aliases=("fast",))
SETTINGS = ProviderSettings(
    "openai", WireProtocol.OPENAI_CHAT, "https://api.openai.com/v1", deployments=(MODEL,)
)


def test_what_happens_is_remembered_until_collected() -> None:
    provider = Provider.register(ID, SETTINGS)
    provider.enable(False)
    provider.enable(False)
    provider.retire()
    assert provider.collect() == (
        ProviderRegistered(ID),
        ProviderRevised(ID, ("enabled",)),
        ProviderRetired(ID),
    )
    assert provider.collect() == ()


def test_deployments_are_found_by_name_and_alias() -> None:
    provider = Provider.register(ID, SETTINGS)
    assert provider.deployment("gpt") is provider.deployment("fast") is MODEL
    assert provider.deployment("gpt-4o") is None


@pytest.mark.parametrize(
    ("id", "change", "code"),
    [
        ("open/ai", {}, "provider.name"),
        ("", {}, "provider.name"),
        (ID, {"base_url": "api.openai.com"}, "provider.base_url"),
        (ID, {"base_url": "file:///etc/passwd"}, "provider.base_url"),
        (ID, {"weight": 0}, "provider.weight"),
        (ID, {"headers": {"Host": "elsewhere"}}, "provider.header"),
        (ID, {"deployments": (MODEL, MODEL)}, "provider.duplicate_model"),
        ("other", {}, "provider.foreign_deployment"),
        (ID, {"further_credentials": ("${B}",)}, "provider.credentials"),
        (
            ID,
            {"credential": "${A}", "further_credentials": ("${B}", "${A}")},
            "provider.duplicate_credential",
        ),
    ],
)
def test_settings_that_could_not_work_are_refused(
    id: str, change: Mapping[str, object], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        Provider.register(ProviderId(id), replace(SETTINGS, **change))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_deployment_beyond_its_protocol_is_refused() -> None:
    vectors = replace(MODEL, capabilities=frozenset({Capability.EMBEDDINGS}))
    settings = replace(SETTINGS, protocol=WireProtocol.ANTHROPIC_MESSAGES, deployments=(vectors,))
    with pytest.raises(DomainError, match="cannot carry embeddings"):
        Provider.register(ID, settings)


def test_accounts_stand_in_order() -> None:
    assert replace(SETTINGS, credential=None).credentials == ()
    two = Provider.register(ID, replace(SETTINGS, credential="${A}", further_credentials=("${B}",)))
    assert two.settings.credentials == ("${A}", "${B}")
    assert list(two.accounts) == [1, 2]


def test_a_server_that_asks_for_no_credential_is_one_account() -> None:
    assert list(Provider.register(ID, replace(SETTINGS, credential=None)).accounts) == [1]


def test_a_refused_credential_is_not_shown() -> None:
    twice = replace(SETTINGS, credential="sk-secret", further_credentials=("sk-secret",))
    with pytest.raises(DomainError, match=r"\*\*\* is named twice") as refused:
        Provider.register(ID, twice)
    assert "sk-secret" not in refused.value.message


def test_a_refused_revision_changes_nothing() -> None:
    provider = Provider.register(ID, SETTINGS)
    provider.collect()
    with pytest.raises(DomainError):
        provider.revise(replace(SETTINGS, weight=0, base_url="https://elsewhere"))
    assert provider.settings == SETTINGS
    assert provider.collect() == ()
