import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from turnout.infrastructure.secrets.master_key import (
    MasterKey,
    UnusableMasterKey,
    kept_master_key,
    new_master_key,
    read_master_key,
    written,
)

SECRET = bytes(range(200, 232))
KEY = MasterKey(SECRET)


def test_keys_are_derived_as_rfc_5869_has_it() -> None:
    # Expected: `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:0b0b...
    # -kdfopt info:turnout:access-keys HKDF`.
    derived = MasterKey(b"\x0b" * 32).derive("access-keys")
    assert derived.hex() == "4486e7b02e96f84693f2be452c76075cd391e202f9787b404d6fd7beabf92c03"


def test_each_purpose_and_each_key_has_a_key_of_its_own() -> None:
    made = {KEY.derive("access-keys"), KEY.derive("sealed"), new_master_key().derive("sealed")}
    assert len(made) == 3
    assert SECRET not in made


@pytest.mark.parametrize(
    "text",
    [
        SECRET.hex(),
        SECRET.hex().upper(),
        base64.b64encode(SECRET).decode(),
        base64.urlsafe_b64encode(SECRET).decode(),
        f"  {base64.b64encode(SECRET).decode()}\n",
        written(KEY),
    ],
)
def test_a_key_is_read_from_base64_and_hex(text: str) -> None:
    assert read_master_key(text) == KEY


def test_a_key_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{written(KEY)}\n")
    assert read_master_key(f"file:{tmp_path}/key") == KEY


@pytest.mark.parametrize("text", ["", "planted-secret", base64.b64encode(b"planted").decode()])
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(UnusableMasterKey, match="expected 32 bytes") as refused:
        read_master_key(text)
    assert text == "" or text not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, reason in [("gone", "No such file"), ("binary", "not ASCII")]:
        with pytest.raises(UnusableMasterKey, match=reason) as refused:
            read_master_key(f"file:{tmp_path}/{name}")
        assert str(tmp_path / name) in str(refused.value)


def test_a_missing_file_is_made_for_its_owner_alone_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "turnout.key"
    made = kept_master_key(path)
    assert kept_master_key(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["turnout.key"]


def test_whoever_is_first_decides(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(kept_master_key, [tmp_path / "turnout.key"] * 16))
    assert len({key.secret for key in keys}) == 1


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableMasterKey, match=r"cannot make .*gone.*No such file"):
        kept_master_key(tmp_path / "gone" / "turnout.key")


def test_nothing_shows_the_key() -> None:
    assert SECRET.hex() not in repr(KEY)
    assert repr(SECRET) not in repr(KEY)
    assert len(KEY.id()) == 16
    assert KEY.id() not in (SECRET.hex(), KEY.derive("sealed").hex())
