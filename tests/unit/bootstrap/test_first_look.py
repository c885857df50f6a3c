"""Serving need not wait for SQLAlchemy: the store may be empty, or as the file wants it."""

import subprocess
import sys
from pathlib import Path

from tests.support.gateways import chain, provider

from turnout.application.commands.apply_configuration import DeclaredConfiguration
from turnout.bootstrap.applying import apply_to_store
from turnout.bootstrap.first_look import look_at_store, starting_document
from turnout.infrastructure.persistence.document import decode_catalog
from turnout.infrastructure.persistence.store_state import StoreState

A, DEFAULT = provider("a"), chain("default", "a")
DECLARED = DeclaredConfiguration({A.id: A.settings}, {DEFAULT.id: DEFAULT.rules})
OTHER = DeclaredConfiguration({A.id: A.settings}, {})


async def test_what_was_applied_last_need_not_be_applied_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/turnout.db"
    assert await look_at_store(url, DECLARED) is StoreState.EMPTY
    await apply_to_store(url, DECLARED)
    assert await look_at_store(url, DECLARED) is StoreState.CURRENT
    assert await look_at_store(url, OTHER) is StoreState.BEHIND


def test_an_empty_store_will_hold_what_the_file_declares() -> None:
    catalog = decode_catalog(0, starting_document(DECLARED))
    assert [p.id for p in catalog.providers] == ["a"]
    assert [c.rules for c in catalog.chains] == [DEFAULT.rules]


def test_looking_imports_no_sqlalchemy() -> None:
    code = "import sys, turnout.bootstrap.serve; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
