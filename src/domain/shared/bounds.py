"""Bounds that settings keep to, with the error that names the one that does not."""

from math import inf

from turnout.domain.shared.errors import DomainError


def positive(kind: str, **values: float | None) -> None:
    """Check that each value given is a finite number above 0; None is not given.

    `kind` is the word that the operator knows these settings by. Raises DomainError
    `<kind>.not_positive`.
    """
    for name, value in values.items():
        if value is not None and not 0 < value < inf:
            raise DomainError(
                f"{kind}.not_positive", f"{kind} {name} is {value}: expected more than 0"
            )


def at_least(kind: str, least: int, **values: int | None) -> None:
    """Check that no value given is below `least`. Raises DomainError `<kind>.too_small`."""
    for name, value in values.items():
        if value is not None and value < least:
            raise DomainError(
                f"{kind}.too_small", f"{kind} {name} is {value}: expected {least} or more"
            )


def share(kind: str, **values: float) -> None:
    """Check that each value is above 0 and at most 1. Raises DomainError `<kind>.not_a_share`."""
    for name, value in values.items():
        if not 0 < value <= 1:
            raise DomainError(
                f"{kind}.not_a_share",
                f"{kind} {name} is {value}: expected more than 0 and at most 1",
            )
