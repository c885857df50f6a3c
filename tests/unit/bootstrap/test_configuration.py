from pathlib import Path

import pytest

from turnout.bootstrap.configuration import known_vendors, load, plane_settings, store_url
from turnout.bootstrap.plane_settings import UpstreamSettings
from turnout.interfaces.cli.actions import BadConfiguration

TEXT = """\
server: {port: 9000, workers: 2, access_keys: [planted-1], admin_token: planted-2}
upstream: {engine: httpx, keepalive_seconds: 5}
logging: {level: warning}
ai_providers: {openai: {models: [gpt-4], api_key: planted-3}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "turnout.yaml"
    file.write_text(TEXT)
    return file


def test_every_vendor_folder_is_known_by_what_it_implies() -> None:
    vendors = known_vendors()
    assert vendors["anthropic"].key_variable == "ANTHROPIC_API_KEY"
    assert vendors["anthropic"].protocol == "anthropic_messages"
    assert all(vendor.name == name for name, vendor in vendors.items())


def test_the_files_settings_become_the_planes(file: Path) -> None:
    settings = plane_settings(load(file), file, "sqlite:///x.db")
    assert (settings.database_url, settings.port, settings.workers) == ("sqlite:///x.db", 9000, 2)
    assert settings.upstream == UpstreamSettings(engine="httpx", keepalive_seconds=5.0)
    assert settings.logs.level == "warning"
    assert (settings.access_keys, settings.admin_token) == (("planted-1",), "planted-2")
    assert list(settings.literal_secrets.values()) == ["planted-3"]


def test_the_store_is_beside_the_file_unless_it_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store_url(load(file), file) == f"sqlite:///{file.with_suffix('.db')}"
    monkeypatch.setenv("TURNOUT__DATABASE__URL", "postgresql://db/turnout")
    assert store_url(load(file), file) == "postgresql://db/turnout"


def test_faults_are_lines_for_people(file: Path) -> None:
    file.write_text("server: {port: x}\nlogging: {level: loud}")
    with pytest.raises(BadConfiguration) as bad:
        load(file)
    assert [line.split(": found")[0] for line in bad.value.faults] == [
        f"{file}:1: server.port",
        f"{file}:2: logging.level",
    ]
