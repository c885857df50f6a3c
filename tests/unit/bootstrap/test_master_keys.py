from pathlib import Path

import pytest

from turnout.bootstrap.configuration import load
from turnout.bootstrap.master_keys import (
    VARIABLE,
    found_master_key,
    given_master_key,
    key_file,
    own_master_key,
)
from turnout.infrastructure.secrets.master_key import MasterKey, kept_master_key, written
from turnout.interfaces.cli.actions import BadConfiguration

GIVEN, OTHER = MasterKey(b"\x01" * 32), MasterKey(b"\x02" * 32)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(VARIABLE, raising=False)
    file = tmp_path / "turnout.yaml"
    file.write_text("")
    return file


def test_without_a_word_a_key_is_made_beside_the_store_and_kept(file: Path) -> None:
    assert found_master_key(load(file), file) is None
    made = own_master_key(load(file), file)
    assert kept_master_key(file.with_name("turnout.key")) == made
    assert found_master_key(load(file), file) == made
    assert given_master_key(load(file)) is None


def test_the_setting_comes_before_the_variable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, written(OTHER))
    assert own_master_key(load(file), file) == OTHER
    file.write_text(f"server: {{master_key: '{written(GIVEN)}'}}")
    assert own_master_key(load(file), file) == GIVEN
    assert not file.with_suffix(".key").exists()


def test_a_file_may_hold_the_key(file: Path) -> None:
    kept = file.with_name("kept")
    kept.write_text(GIVEN.secret.hex())
    file.write_text(f"server: {{master_key: 'file:{kept}'}}")
    assert found_master_key(load(file), file) == GIVEN


@pytest.mark.parametrize(
    ("url", "name"),
    [("sqlite:///{folder}/data.db", "data.key"), ("postgresql://db/turnout", "turnout.key")],
)
def test_where_the_key_is_kept(file: Path, url: str, name: str) -> None:
    file.write_text(f"database: {{url: '{url.format(folder=file.parent)}'}}")
    assert key_file(load(file), file) == file.with_name(name)


def test_what_is_no_key_is_a_fault_that_names_the_place(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "planted")
    with pytest.raises(BadConfiguration, match=f"{VARIABLE}: the text is no key") as bad:
        own_master_key(load(file), file)
    assert "planted" not in str(bad.value)
    file.write_text("server: {master_key: planted}")
    with pytest.raises(BadConfiguration, match=r"server\.master_key: the text is no key"):
        own_master_key(load(file), file)


def test_where_no_file_can_be_made_the_settings_are_named(file: Path) -> None:
    file.write_text(f"database: {{url: 'sqlite:///{file.parent}/gone/data.db'}}")
    with pytest.raises(BadConfiguration, match=r"cannot make .*or give server\.master_key or"):
        own_master_key(load(file), file)
