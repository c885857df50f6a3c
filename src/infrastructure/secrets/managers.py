"""HashiCorp Vault and the secret managers of AWS and Google, by their own libraries.

The libraries are extras: they are imported when a reference wants them, and find their own
addresses and credentials in the environment, as they do elsewhere.
"""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from turnout.infrastructure.secrets.managed import SecretReader, UnreadableSecret


class VaultSecrets:
    """`vault:MOUNT/PATH#FIELD`, of a key-value store of version 2.

    Address and token are `VAULT_ADDR` and `VAULT_TOKEN`.
    """

    def __init__(self, timeout_seconds: float) -> None:
        self._hvac = _library("hvac", "vault")
        self._client = self._hvac.Client(timeout=timeout_seconds)

    def read(self, name: str, field: str | None) -> str:
        """Return a field of the newest version."""
        mount, _, path = name.partition("/")
        if not (mount and path and field):
            raise UnreadableSecret("expected vault:MOUNT/PATH#FIELD")
        try:
            answer = self._client.secrets.kv.v2.read_secret_version(
                path=path, mount_point=mount, raise_on_deleted_version=True
            )
        except self._hvac.exceptions.InvalidPath:
            raise UnreadableSecret("Vault has no such secret") from None
        except self._hvac.exceptions.Forbidden:
            raise UnreadableSecret("Vault does not let VAULT_TOKEN read it") from None
        return _field_of(answer["data"]["data"], field)


class AwsSecrets:
    """`aws-sm:NAME` or `aws-sm:NAME#FIELD`, of AWS Secrets Manager; text, or JSON for a field."""

    def __init__(self, timeout_seconds: float) -> None:
        boto3 = _library("boto3", "aws")
        config = import_module("botocore.config").Config(
            connect_timeout=timeout_seconds,
            read_timeout=timeout_seconds,
            retries={"total_max_attempts": 1},
        )
        self._client = boto3.client("secretsmanager", config=config)

    def read(self, name: str, field: str | None) -> str:
        """Return the secret's current version."""
        try:
            answer = self._client.get_secret_value(SecretId=name)
        except self._client.exceptions.ResourceNotFoundException:
            raise UnreadableSecret("AWS has no such secret") from None
        text = answer.get("SecretString")
        if text is None:
            raise UnreadableSecret("expected a secret that is text, found bytes")
        return _part_of(str(text), field)


class GoogleSecrets:
    """`gcp-sm:projects/PROJECT/secrets/NAME`: the newest version, or that of `/versions/N`.

    `#FIELD` takes one out of JSON. `client` is a SecretManagerServiceClient, made from the
    environment when none is given.
    """

    def __init__(self, timeout_seconds: float, client: Any = None) -> None:
        self._timeout = timeout_seconds
        library = _library("google.cloud.secretmanager", "gcp")
        self._missing = _library("google.api_core.exceptions", "gcp").NotFound
        self._client = client or library.SecretManagerServiceClient(transport="rest")

    def read(self, name: str, field: str | None) -> str:
        """Return the version's payload, which must be UTF-8."""
        version = name if "/versions/" in name else f"{name}/versions/latest"
        request = {"name": version}
        try:
            answer = self._client.access_secret_version(
                request=request, timeout=self._timeout, retry=None
            )
        except self._missing:
            raise UnreadableSecret("Google has no such secret") from None
        return _part_of(answer.payload.data.decode(), field)


def secret_managers(timeout_seconds: float) -> Mapping[str, Callable[[], SecretReader]]:
    """Return how each manager is made, by what its references begin with."""
    return {
        "vault": lambda: VaultSecrets(timeout_seconds),
        "aws-sm": lambda: AwsSecrets(timeout_seconds),
        "gcp-sm": lambda: GoogleSecrets(timeout_seconds),
    }


def _library(name: str, extra: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise UnreadableSecret(
            f"the library {name} is not installed: install turnout[{extra}]"
        ) from None


def _part_of(text: str, field: str | None) -> str:
    if field is None:
        return text
    try:
        return _field_of(json.loads(text), field)
    except ValueError:
        raise UnreadableSecret(
            f"expected JSON with the field {field!r}, found other text"
        ) from None


def _field_of(fields: object, field: str) -> str:
    if not isinstance(fields, dict) or not isinstance(fields.get(field), str):
        raise UnreadableSecret(f"it has no text in a field {field!r}")
    return str(fields[field])
