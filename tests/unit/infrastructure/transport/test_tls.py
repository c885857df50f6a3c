"""Whom the engines trust."""

import ssl
from pathlib import Path

import pytest
from tests.support.certificates import server_certificate

from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.tls import client_context


def test_by_default_certificates_are_checked() -> None:
    context = client_context(EngineOptions())
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_equal_options_share_a_context() -> None:
    assert client_context(EngineOptions()) is client_context(EngineOptions(keepalive_seconds=1))


def test_checking_can_be_turned_off() -> None:
    context = client_context(EngineOptions(verify_tls=False))
    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


def test_an_authority_of_ones_own_takes_the_place_of_all_others(tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)
    context = client_context(EngineOptions(ca_file=str(certificate.ca_file)))
    assert len(context.get_ca_certs()) == 1


def test_a_file_that_is_not_there_or_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client_context(EngineOptions(ca_file=str(tmp_path / "none.pem")))
    (tmp_path / "bad.pem").write_text("nothing")
    with pytest.raises(OSError):
        client_context(EngineOptions(ca_file=str(tmp_path / "bad.pem")))
