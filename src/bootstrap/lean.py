"""Keeps out of a process what libraries would import for features that it does not use."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class _Absent(ModuleType):
    """Stands for a library that is not there: it holds nothing, not even submodules."""

    VERSION = "0"  # dependency-injector looks whether pydantic is one that it can use


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let `names` be empty modules for as long as this lasts.

    dependency-injector imports FastAPI and pydantic where it finds them, for wiring and
    configuration that Turnout leaves alone: half of a worker's start, and 30 MB of each worker.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = _Absent(name)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
