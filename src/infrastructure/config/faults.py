"""What is wrong with a configuration: every fault at once, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: a file and its line, or an environment variable."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


DEFAULT = Origin("default")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    `path` is dotted (`ai_providers.openai.weight`); `found` is the value as text, "" when there is
    none; `expected` is "" when `found` says it all; `hint` is a suggestion or "".
    """

    origin: Origin
    path: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.origin}: {self.path or '(file)'}"
        hint = f" ({self.hint})" if self.hint else ""
        if not self.expected:
            return f"{place}: {self.found}{hint}"
        found = f"found {self.found}, " if self.found else ""
        return f"{place}: {found}expected {self.expected}{hint}"


class ConfigurationFaults(Exception):
    """The configuration cannot be used; `faults` are all that is wrong, at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
