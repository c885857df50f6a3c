from datetime import date
from pathlib import Path

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.config.declaration import KnownVendor
from turnout.infrastructure.config.loader import ConfigurationLoader
from turnout.infrastructure.config.rendering import effective

OPENAI = KnownVendor(
    "openai", WireProtocol.OPENAI_CHAT, "https://api.openai.com/v1", "OPENAI_API_KEY"
)
TEXT = """\
server: {access_keys: [planted-1], admin_token: planted-2}
database: {url: 'postgresql://me:planted-3@db/turnout'}
ai_providers:
  openai: {api_key: planted-4, headers: {x-api-key: planted-5, x-team: blue}, models: [gpt-4]}
  other: {vendor: openai, api_key: '${KEY}', models: [gpt-4]}
  both: {vendor: openai, api_keys: ['${KEY}', planted-7], models: [gpt-4]}
fallback_chains: {default: [openai]}
"""


def test_settings_are_shown_with_origins_and_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "turnout.yaml"
    file.write_text(TEXT)
    environ = {"KEY": "planted-6", "TURNOUT__SERVER__PORT": "9000"}
    loaded = ConfigurationLoader({"openai": OPENAI}, environ, date(2026, 1, 1)).load(file)
    shown = {
        path: (value, str(origin))
        for path, value, origin in effective(loaded.settings, loaded.tree)
    }
    assert "planted" not in repr(shown)
    assert shown["server.port"] == (9000, "TURNOUT__SERVER__PORT")
    assert shown["server.host"] == ("127.0.0.1", "default")
    assert shown["database.url"] == ("postgresql://me:***@db/turnout", f"{file}:2")
    assert shown["ai_providers.openai.headers.x-team"] == ("blue", f"{file}:4")
    assert shown["ai_providers.other.api_key"] == ("${KEY}", f"{file}:5")
    assert shown["ai_providers.both.api_keys[0]"] == ("${KEY}", f"{file}:6")
    assert shown["ai_providers.both.api_keys[1]"] == ("***", f"{file}:6")
    assert shown["fallback_chains.default.tiers[0][0].target"] == ("openai", f"{file}:7")
