"""What the commands on secrets do, as callables that bootstrap gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation of the master key has changed; `remains` is what is left to the operator."""

    in_files: int
    in_store: int
    remains: str | None


@dataclass(frozen=True, slots=True)
class SecretActions:
    """Each takes the configuration file first, and raises BadConfiguration."""

    seal: Callable[[Path, str], str]
    """Takes a secret; returns the reference to it."""
    rotate: Callable[[Path, Path], Rotated]
    """Takes the file of the new master key, which is made if it is not there."""
