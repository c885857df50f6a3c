"""Where secrets are."""

from typing import Protocol


class SecretMissing(Exception):
    """A reference leads nowhere. `reference` is safe to show; the secret is not in it."""

    def __init__(self, reference: str, message: str) -> None:
        super().__init__(message)
        self.reference = reference
        self.message = message


class SecretStore(Protocol):
    """Turns references into secrets."""

    def reveal(self, reference: str) -> str:
        """Return the secret behind `${VAR}`, `file:PATH` or a literal. Raises SecretMissing."""
        ...
