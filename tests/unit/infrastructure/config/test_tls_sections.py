from pathlib import Path

import pytest
from pydantic import ValidationError

from turnout.infrastructure.config.tls_sections import ListenerTls, ProviderTls


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "some.pem"
    path.touch()
    return str(path)


def test_files_must_be_there(file: str) -> None:
    assert ListenerTls(cert_file=file, key_file=file).client_ca_file is None
    with pytest.raises(ValidationError, match="a file that is there") as refused:
        ListenerTls(cert_file=file, key_file=f"{file}.none")
    assert [fault["loc"] for fault in refused.value.errors()] == [("key_file",)]


def test_a_client_certificate_comes_with_its_key(file: str) -> None:
    assert ProviderTls(client_cert_file=file, client_key_file=file).ca_file is None
    assert ProviderTls(ca_file=file).client_cert_file is None
    with pytest.raises(ValidationError, match="client_cert_file and client_key_file together"):
        ProviderTls(client_cert_file=file)
