"""The sections of `turnout.yaml` on TLS: to callers and administrators, and to a provider."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from turnout.infrastructure.config.section import Section


def _there(file: str) -> str:
    if not Path(file).is_file():
        raise ValueError("a file that is there")
    return file


File = Annotated[str, Field(min_length=1), AfterValidator(_there)]


class ListenerTls(Section):
    """A certificate to show, and whose certificates clients must show, if they must; PEM files."""

    cert_file: File
    key_file: File
    client_ca_file: File | None = None


class ProviderTls(Section):
    """What a provider is shown, and whom it is trusted by; PEM files."""

    ca_file: File | None = None
    client_cert_file: File | None = None
    client_key_file: File | None = None

    @model_validator(mode="after")
    def _key_with_certificate(self) -> "ProviderTls":
        if (self.client_cert_file is None) != (self.client_key_file is None):
            raise ValueError("client_cert_file and client_key_file together")
        return self
