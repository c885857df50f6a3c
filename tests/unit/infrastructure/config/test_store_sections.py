from datetime import date
from pathlib import Path

import pytest

from turnout.infrastructure.config.faults import ConfigurationFaults
from turnout.infrastructure.config.loader import ConfigurationLoader, LoadedConfiguration
from turnout.infrastructure.config.rendering import effective


def load(folder: Path, text: str) -> LoadedConfiguration:
    file = folder / "turnout.yaml"
    file.write_text(text)
    return ConfigurationLoader({}, {}, date(2026, 1, 1)).load(file)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cache: {store: shared}", "shared_state.url"),
        ("cache: {single_flight_shared: true}", "cache.store"),
        ("shared_state: {url: 'http://here'}", "shared_state.url"),
        ("shared_state: {key_prefix: 'a b'}", "shared_state.key_prefix"),
        ("database: {pool_size: 0}", "database.pool_size"),
    ],
)
def test_what_cannot_be_is_a_fault_at_its_place(tmp_path: Path, text: str, wanted: str) -> None:
    with pytest.raises(ConfigurationFaults) as caught:
        load(tmp_path, text)
    assert [fault.path for fault in caught.value.faults] == [wanted]


def test_the_password_of_the_server_is_not_shown(tmp_path: Path) -> None:
    loaded = load(tmp_path, "shared_state: {url: 'redis://:planted@here:6379/0'}")
    shown = {path: value for path, value, _ in effective(loaded.settings, loaded.tree)}
    assert shown["shared_state.url"] == "redis://:***@here:6379/0"
