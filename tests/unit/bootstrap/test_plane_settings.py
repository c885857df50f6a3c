import msgspec
import pytest

from turnout.bootstrap.plane_settings import PlaneSettings, UpstreamSettings

SETTINGS = PlaneSettings(
    database_url="postgresql://me:planted-1@db/turnout",
    host="::1",
    port=9000,
    workers=4,
    drain_seconds=1.5,
    upstream=UpstreamSettings(engine="httpx", ca_file="/ca.pem"),
    access_keys=("planted-2",),
    admin_token="planted-3",
    literal_secrets={"config:openai": "planted-4"},
    master_key=b"planted-5",
    digest_key=b"planted-6",
)


def test_settings_go_through_the_pipe_whole() -> None:
    assert PlaneSettings.from_json(SETTINGS.to_json()) == SETTINGS
    assert b"\n" not in SETTINGS.to_json()


def test_secrets_are_not_shown() -> None:
    shown = repr(SETTINGS)
    assert all(f"planted-{number}" not in shown for number in range(2, 7))


def test_anything_else_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="database_url"):
        PlaneSettings.from_json(b"{}")
