"""The libraries themselves, against a server of our own."""

import json
from collections.abc import Iterator

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.secretmanager import SecretManagerServiceClient
from google.cloud.secretmanager_v1.services.secret_manager_service.transports.rest import (
    SecretManagerServiceRestTransport,
)
from tests.support.secret_managers import SecretServer, secret_server

from turnout.infrastructure.secrets.managed import SecretReader, UnreadableSecret
from turnout.infrastructure.secrets.managers import (
    AwsSecrets,
    GoogleSecrets,
    VaultSecrets,
    secret_managers,
)

GOOGLE = "projects/p/secrets/openai"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretServer]:
    with secret_server() as server:
        monkeypatch.setenv("VAULT_ADDR", server.url)
        monkeypatch.setenv("VAULT_TOKEN", "vault-token")
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield server


def google(server: SecretServer) -> GoogleSecrets:
    transport = SecretManagerServiceRestTransport(
        host=server.url.removeprefix("http://"),
        url_scheme="http",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
    )
    return GoogleSecrets(2.0, SecretManagerServiceClient(transport=transport))


def refused(manager: SecretReader, name: str, field: str | None) -> str:
    with pytest.raises(UnreadableSecret) as fault:
        manager.read(name, field)
    return str(fault.value)


def test_a_field_is_read_from_vault(server: SecretServer) -> None:
    server.secrets["secret/data/team/openai"] = {"api_key": "sk-planted", "number": 1}
    vault = VaultSecrets(2.0)
    assert vault.read("secret/team/openai", "api_key") == "sk-planted"
    assert "no text in a field 'number'" in refused(vault, "secret/team/openai", "number")
    assert "no such secret" in refused(vault, "secret/gone", "api_key")
    for name, field in [("secret/team/openai", None), ("secret", "api_key")]:
        assert "expected vault:MOUNT/PATH#FIELD" in refused(vault, name, field)


def test_a_token_that_vault_does_not_take_is_told(
    server: SecretServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "planted-token")
    words = refused(VaultSecrets(2.0), "secret/team/openai", "api_key")
    assert "does not let VAULT_TOKEN read it" in words
    assert "planted-token" not in words


def test_text_or_a_field_is_read_from_aws(server: SecretServer) -> None:
    server.secrets |= {"plain": "sk-planted", "fields": json.dumps({"api_key": "sk-other"})}
    aws = AwsSecrets(2.0)
    assert aws.read("plain", None) == "sk-planted"
    assert aws.read("fields", "api_key") == "sk-other"
    assert "no text in a field 'gone'" in refused(aws, "fields", "gone")
    assert "expected JSON" in refused(aws, "plain", "api_key")
    assert "no such secret" in refused(aws, "gone", None)


def test_a_version_is_read_from_google(server: SecretServer) -> None:
    server.secrets |= {f"{GOOGLE}/versions/latest": "sk-planted", f"{GOOGLE}/versions/1": "sk-old"}
    manager = google(server)
    assert manager.read(GOOGLE, None) == "sk-planted"
    assert manager.read(f"{GOOGLE}/versions/1", None) == "sk-old"
    assert "no such secret" in refused(manager, "projects/p/secrets/gone", None)


def test_each_kind_of_reference_has_its_manager(server: SecretServer) -> None:
    makers = secret_managers(2.0)
    assert set(makers) == {"vault", "aws-sm", "gcp-sm"}
    assert isinstance(makers["vault"](), VaultSecrets)
    assert isinstance(makers["aws-sm"](), AwsSecrets)


def test_a_library_that_is_not_installed_names_its_extra() -> None:
    from turnout.infrastructure.secrets.managers import _library

    with pytest.raises(UnreadableSecret, match=r"install turnout\[vault\]"):
        _library("turnout_has_no_such_library", "vault")
