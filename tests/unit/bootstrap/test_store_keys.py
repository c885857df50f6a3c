import asyncio
from pathlib import Path

import pytest

from turnout.bootstrap.keys import issue_key, list_keys, revoke_key, rotate_key
from turnout.bootstrap.store_keys import agree_on_master_key, has_access_keys
from turnout.domain.governance.access_key import KeySettings
from turnout.infrastructure.secrets.access_tokens import PURPOSE
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.interfaces.cli.actions import BadConfiguration, BadOptions

ONE, OTHER = MasterKey(b"\x01" * 32), MasterKey(b"\x02" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "turnout.yaml"
    file.write_text("")
    return file


async def test_a_store_belongs_to_its_first_master_key(database_url: str) -> None:
    assert await agree_on_master_key(database_url, ONE) == ONE.derive(PURPOSE)
    with pytest.raises(BadConfiguration, match=f"found the key {OTHER.id()}, expected {ONE.id()}"):
        await agree_on_master_key(database_url, OTHER)


async def test_a_store_that_is_not_there_has_no_keys(tmp_path: Path) -> None:
    assert not await has_access_keys(f"sqlite:///{tmp_path}/gone.db")
    assert not (tmp_path / "gone.db").exists()


def test_the_command_line_keeps_keys_in_the_store(file: Path) -> None:
    issued = issue_key(file, KeySettings("ci", "tools"))
    (listed,) = list_keys(file)
    assert listed == issued.key
    rotated = rotate_key(file, listed.id, 60.0)
    assert rotated.token != issued.token
    assert rotated.key.former_prefix == issued.key.prefix
    revoke_key(file, listed.id)
    assert list_keys(file)[0].revoked_at is not None
    with pytest.raises(BadOptions, match="is revoked"):
        revoke_key(file, listed.id)
    with pytest.raises(BadOptions, match="no access key 'key_9'"):
        rotate_key(file, "key_9", 0.0)


def test_a_revoked_key_too_makes_the_gateway_one_that_asks_for_keys(file: Path) -> None:
    issued = issue_key(file, KeySettings("ci"))
    revoke_key(file, issued.key.id)
    assert asyncio.run(has_access_keys(f"sqlite:///{file.with_suffix('.db')}"))
