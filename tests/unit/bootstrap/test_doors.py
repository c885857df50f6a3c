import socket
from pathlib import Path

import pytest
from tests.support.certificates import server_certificate

from turnout.bootstrap.doors import address, bindable, is_loopback, refuse_bad_files, refuse_open
from turnout.bootstrap.plane_settings import TlsSettings
from turnout.interfaces.cli.actions import BadOptions


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_port_zero_becomes_one_that_is_free(host: str) -> None:
    port = bindable(host, 0, "server.port")
    assert port > 0
    assert bindable(host, port, "server.port") == port


def test_a_port_that_is_taken_is_named_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = f"server.port: cannot listen on 127.0.0.1 port {port}: Address already in use"
        with pytest.raises(BadOptions, match=told):
            bindable("127.0.0.1", port, "server.port")


def test_a_host_that_is_not_this_machine_is_named() -> None:
    with pytest.raises(BadOptions, match=r"cannot listen on turnout\.invalid port 0: "):
        bindable("turnout.invalid", 0, "server.port")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_proof(host: str) -> None:
    assert is_loopback(host)
    refuse_open(host, False, "server.access_keys")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "turnout.example"])
def test_other_machines_need_one(host: str) -> None:
    refuse_open(host, True, "server.access_keys")
    with pytest.raises(BadOptions, match=f"server.access_keys is empty, and {host} can be reached"):
        refuse_open(host, False, "server.access_keys")


def test_an_address_can_be_clicked() -> None:
    assert address("127.0.0.1", 80) == "http://127.0.0.1:80"
    assert address("::1", 80) == "http://[::1]:80"


def test_bad_files_are_named_with_their_setting(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    with pytest.raises(BadOptions, match=rf"server\.tls: found {bad}, .*expected a certificate"):
        refuse_bad_files(TlsSettings(str(bad), str(bad)), "server.tls")
    with pytest.raises(BadOptions, match="No such file"):
        refuse_bad_files(TlsSettings(str(tmp_path / "none"), str(bad)), "server.tls")
    refuse_bad_files(None, "server.tls")
    good = str(server_certificate(tmp_path).chain_file)
    refuse_bad_files(TlsSettings(good, good), "server.tls")
