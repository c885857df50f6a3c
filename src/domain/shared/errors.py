"""Broken rules of the domain, each with a code that does not change when its wording does."""

from collections.abc import Iterable
from difflib import get_close_matches


class DomainError(Exception):
    """A rule was broken: `code` is stable (`chain.empty`), `message` is for people.

    Shape of a code: `<aggregate>.<rule>`, lower case, underscores within a word.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def unknown(kind: str, name: str, known: Iterable[str]) -> DomainError:
    """Return the error for a name that leads nowhere, with the names that look like it.

    `kind` is the aggregate's word (`provider`); the code is `<kind>.unknown`.
    """
    return DomainError(f"{kind}.unknown", f"no {kind} {name!r}{alike(name, known)}")


def alike(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean 'a' or 'b'?`, or nothing when no known name looks like `name`."""
    near = get_close_matches(name, [str(each) for each in known], n=3, cutoff=0.6)
    return f": did you mean {' or '.join(map(repr, near))}?" if near else ""
