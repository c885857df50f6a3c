"""Which master key an installation has: one that it was given, or one that it keeps in a file."""

import os
from pathlib import Path

from turnout.bootstrap.configuration import store_url
from turnout.infrastructure.config.loader import LoadedConfiguration
from turnout.infrastructure.persistence.store_link import sqlite_path
from turnout.infrastructure.secrets.master_key import (
    MasterKey,
    UnusableMasterKey,
    kept_master_key,
    read_master_key,
)
from turnout.interfaces.cli.actions import BadConfiguration

SETTING = "server.master_key"
VARIABLE = "TURNOUT_MASTER_KEY"


def own_master_key(loaded: LoadedConfiguration, path: Path) -> MasterKey:
    """Return the key of the configuration at `path`; make its file if there is none.

    Raises BadConfiguration.
    """
    found = given_master_key(loaded)
    if found is not None:
        return found
    file = key_file(loaded, path)
    try:
        return kept_master_key(file)
    except UnusableMasterKey as unusable:
        raise BadConfiguration([f"{unusable}; or give {SETTING} or {VARIABLE}"]) from None


def found_master_key(loaded: LoadedConfiguration, path: Path) -> MasterKey | None:
    """Return the key as `own_master_key` does, but None where it would make one."""
    if given_master_key(loaded) is None and not key_file(loaded, path).exists():
        return None
    return own_master_key(loaded, path)


def given_master_key(loaded: LoadedConfiguration) -> MasterKey | None:
    """Return the key that the configuration or the environment gives. Raises BadConfiguration."""
    for place, text in (
        (SETTING, loaded.settings.server.master_key),
        (VARIABLE, os.environ.get(VARIABLE)),
    ):
        if text:
            try:
                return read_master_key(text)
            except UnusableMasterKey as unusable:
                raise BadConfiguration([f"{place}: {unusable}"]) from None
    return None


def key_file(loaded: LoadedConfiguration, path: Path) -> Path:
    """Return where a key is kept that nobody gave: beside the store, else the configuration."""
    store = sqlite_path(store_url(loaded, path))
    return path.absolute().with_suffix(".key") if store is None else Path(store).with_suffix(".key")
