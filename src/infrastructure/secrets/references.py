"""Secrets behind references: environment variables, files, and literals of the configuration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turnout.application.ports.secret_store import SecretMissing

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


@dataclass(slots=True, repr=False)
class ReferencedSecrets:
    """SecretStore for `${VAR}`, `${VAR:-default}`, `file:PATH` and `config:NAME`.

    References may stand within text (`Token ${VAR}`). A file's last line end does not count.
    `literals` may be replaced at any time.
    """

    environ: Mapping[str, str]
    literals: Mapping[str, str]

    def reveal(self, reference: str) -> str:
        """Return the secret. Raises SecretMissing."""
        if reference.startswith("file:"):
            return _from_file(reference)
        if reference.startswith("config:"):
            if reference not in self.literals:
                raise SecretMissing(reference, "its api_key is no longer in the configuration file")
            return self.literals[reference]
        return _VARIABLE.sub(self._variable, reference)

    def _variable(self, match: re.Match[str]) -> str:
        name, default = match.groups()
        value = self.environ.get(name) or default
        if value is None:
            message = f"the environment variable {name} is not set"
            raise SecretMissing(match.group(), message)
        return value


def _from_file(reference: str) -> str:
    path = Path(reference.removeprefix("file:"))
    try:
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SecretMissing(reference, f"cannot read {path}: {reason}") from error
    if not secret:
        raise SecretMissing(reference, f"{path} is empty")
    return secret
