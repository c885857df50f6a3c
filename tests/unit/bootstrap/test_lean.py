import subprocess
import sys

import pytest

from turnout.bootstrap.lean import without

HEAVY = (
    "aiosqlite", "alembic", "asyncpg", "fastapi", "genai_prices", "h11", "httpx", "openai",
    "pydantic", "pyreqwest", "redis", "rich", "sqlalchemy", "starlette",
    "turnout.interfaces.cli", "typer", "uvicorn", "werkzeug", "yaml",
)  # fmt: skip
"""What a data-plane process has no use for, of Turnout and all that it depends on."""

PROGRAM = f"""
import sys
import turnout.bootstrap.data_plane as data_plane
from turnout.bootstrap.live_settings import LiveBoard
from turnout.bootstrap.plane_settings import PlaneSettings
data_plane.worker(PlaneSettings("sqlite:///none.db"), LiveBoard())
print([name for name in {HEAVY} if name in sys.modules])
"""


def test_a_data_plane_process_imports_what_it_needs_alone() -> None:
    told = subprocess.check_output([sys.executable, "-c", PROGRAM], text=True)
    assert told == "[]\n"


def test_a_module_cannot_be_imported_meanwhile_and_can_be_afterwards() -> None:
    sys.modules.pop("antigravity", None)
    with without("antigravity"), pytest.raises(ModuleNotFoundError):
        import antigravity  # noqa: F401
    assert "antigravity" not in sys.modules


def test_what_is_imported_already_stays() -> None:
    with without("pytest"):
        assert sys.modules["pytest"] is pytest
    assert sys.modules["pytest"] is pytest


def test_it_ends_also_when_an_import_fails() -> None:
    with pytest.raises(ZeroDivisionError), without("pydantic_nowhere", "pydantic.nowhere"):
        raise ZeroDivisionError
    assert "pydantic_nowhere" not in sys.modules
