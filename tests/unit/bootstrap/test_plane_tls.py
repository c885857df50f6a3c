import os
import ssl
from pathlib import Path

from tests.support.certificates import server_certificate

from turnout.bootstrap.plane_settings import TlsSettings
from turnout.bootstrap.plane_tls import RenewedCertificate, server_context


def settings_in(folder: Path, *, asks: bool = False) -> TlsSettings:
    made = server_certificate(folder)
    return TlsSettings(
        str(made.chain_file), str(made.chain_file), str(made.ca_file) if asks else None
    )


def test_nothing_older_than_tls_1_2(tmp_path: Path) -> None:
    context = server_context(settings_in(tmp_path))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_NONE


def test_with_an_authority_clients_must_show_a_certificate(tmp_path: Path) -> None:
    assert server_context(settings_in(tmp_path, asks=True)).verify_mode is ssl.CERT_REQUIRED


def test_a_renewed_certificate_is_noticed_once_and_whole(tmp_path: Path) -> None:
    tls = settings_in(tmp_path)
    renewed = RenewedCertificate(tls)
    assert not renewed.is_new()
    file = Path(tls.cert_file)
    other = server_certificate(tmp_path / "other").chain_file
    file.write_text("half of it")
    os.utime(file, ns=(1, 1))
    assert not renewed.is_new()
    file.unlink()
    assert not renewed.is_new()
    file.write_bytes(other.read_bytes())
    os.utime(file, ns=(2, 2))
    assert renewed.is_new()
    assert not renewed.is_new()
