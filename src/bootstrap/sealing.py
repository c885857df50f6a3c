"""What `turnout secrets` does."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from turnout.application.commands.reseal_credentials import (
    ResealCredentials,
    ResealCredentialsHandler,
)
from turnout.application.ports.secret_store import SecretMissing
from turnout.bootstrap.auditing import Auditing
from turnout.bootstrap.configuration import load, store_url
from turnout.bootstrap.master_keys import SETTING, given_master_key, key_file, own_master_key
from turnout.domain.governance.actor import THE_COMMAND_LINE
from turnout.infrastructure.config.loader import LoadedConfiguration
from turnout.infrastructure.config.watching import configuration_files
from turnout.infrastructure.persistence.master_key_check import (
    StoredKeyId,
    agreed_key_id,
    change_key_id,
)
from turnout.infrastructure.persistence.opening import opened_store
from turnout.infrastructure.persistence.schema_version import MigrationRefused
from turnout.infrastructure.persistence.store_link import StoreLink, store_link
from turnout.infrastructure.secrets.access_tokens import PURPOSE
from turnout.infrastructure.secrets.master_key import (
    MasterKey,
    UnusableMasterKey,
    kept_master_key,
    written,
)
from turnout.infrastructure.secrets.resealing import Resealing
from turnout.infrastructure.secrets.sealed import seal, unseal
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.actions import BadConfiguration
from turnout.interfaces.cli.secret_actions import Rotated


def seal_secret(config: Path, secret: str) -> str:
    """Return a reference to `secret`. Raises BadConfiguration."""
    return seal(own_master_key(load(config), config), secret)


def rotate_master_key(config: Path, new_key: Path) -> Rotated:
    """Bring files and store under the key in `new_key`. Raises BadConfiguration.

    Done again after it broke off, it goes on.
    """
    loaded = load(config)
    try:
        again = Resealing(own_master_key(loaded, config), kept_master_key(new_key))
        texts = {file: file.read_text() for file in configuration_files(config) if file.is_file()}
        in_files = sum(map(again.count_in, texts.values()))
        texts = {file: again(text) for file, text in texts.items()}
        in_store = asyncio.run(_reseal_store(store_url(loaded, config), loaded, again))
    except (UnusableMasterKey, SecretMissing, MigrationRefused, ValueError) as error:
        raise BadConfiguration([str(error)]) from None
    _write(texts)
    return Rotated(in_files, in_store, _take_over(loaded, config, again.new, new_key))


async def _reseal_store(url: str, loaded: LoadedConfiguration, again: Resealing) -> int:
    async with opened_store(url, migrate=True) as engine:
        reseal = Auditing(engine, SystemClock()).on_all(ResealCredentialsHandler, "rotate_secrets")
        command = ResealCredentials(again, loaded.declared.providers)
        count = await reseal(THE_COMMAND_LINE, command)
    link = store_link(url)
    try:
        await _change_key(link, again)
    finally:
        await link.close()
    return count


async def _change_key(link: StoreLink, again: Resealing) -> None:
    """Note the new key down; digests of access keys go on to be made as they were."""
    stored = await agreed_key_id(link, again.old.id())
    if stored.key_id == again.new.id():
        return
    derived = again.old.derive(PURPOSE).hex()
    digest_key = derived if stored.digest_key is None else unseal(again.old, stored.digest_key)
    await change_key_id(link, StoredKeyId(again.new.id(), seal(again.new, digest_key)))


def _write(texts: Mapping[Path, str]) -> None:
    for file, text in texts.items():
        if text != file.read_text():
            _replace(file, text)


def _take_over(
    loaded: LoadedConfiguration, config: Path, new: MasterKey, new_key: Path
) -> str | None:
    """Put the new key in place of the installation's own; say what to do where it was given."""
    if given_master_key(loaded) is not None:
        return f"now give the new key: {SETTING}: file:{new_key.absolute()}"
    _replace(key_file(loaded, config), f"{written(new)}\n")
    return None


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{token_hex(8)}")
    mode = file.stat().st_mode & 0o777
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    draft.replace(file)
