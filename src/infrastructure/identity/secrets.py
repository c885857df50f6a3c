"""RandomSecrets: secrets from the operating system."""

from secrets import token_urlsafe

BYTES = 32


class RandomSecrets:
    """A SecretSource."""

    def next_secret(self) -> str:
        """Return 43 URL-safe characters that nobody can guess (256 bits)."""
        return token_urlsafe(BYTES)
