"""Keeps out of a process what libraries would import for features that it does not use."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class _NoPydantic(ModuleType):
    """Holds nothing, not even submodules; dependency-injector looks for a version in any case."""

    VERSION = "0"


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let importing `names` fail for as long as this lasts, unless they are imported already.

    dependency-injector imports FastAPI, pydantic, werkzeug and yaml where it finds them, for wiring
    and configuration that Turnout leaves alone, structlog imports rich for consoles: half of a
    worker's start, and 30 MB of each worker.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        # None is Python's own mark of a module that cannot be imported.
        sys.modules[name] = _NoPydantic(name) if name == "pydantic" else None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
