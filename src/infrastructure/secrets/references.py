"""Secrets behind references: environment variables, files, and literals of the configuration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turnout.application.ports.secret_store import SecretMissing
from turnout.domain.catalog.credential import ELSEWHERE
from turnout.infrastructure.secrets.managed import ManagedSecrets
from turnout.infrastructure.secrets.master_key import MasterKey
from turnout.infrastructure.secrets.sealed import PREFIX as SEALED
from turnout.infrastructure.secrets.sealed import unseal

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


@dataclass(slots=True, repr=False)
class ReferencedSecrets:
    """SecretStore for `${VAR}`, `${VAR:-default}`, `file:PATH`, `config:NAME` and `sealed:...`.

    Variables may stand within text (`Token ${VAR}`). A file's last line end does not count.
    `literals` may be replaced at any time. `managed` has what secret managers keep; without a
    `master` key nothing sealed can be opened.
    """

    environ: Mapping[str, str]
    literals: Mapping[str, str]
    master: MasterKey | None = None
    managed: ManagedSecrets | None = None

    def reveal(self, reference: str) -> str:
        """Return the secret. Raises SecretMissing."""
        if reference.startswith("file:"):
            return _from_file(reference)
        if reference.startswith("config:"):
            if reference not in self.literals:
                raise SecretMissing(reference, "its api_key is no longer in the configuration file")
            return self.literals[reference]
        if reference.startswith(SEALED):
            if self.master is None:
                raise SecretMissing(SEALED, f"{SEALED}... needs server.master_key")
            return unseal(self.master, reference)
        if self.managed is not None and reference.startswith(ELSEWHERE):
            return self.managed.reveal(reference)
        return _VARIABLE.sub(self._variable, reference)

    def take_change(self) -> bool:
        """Tell whether a secret manager has given anything new since this was asked last."""
        return self.managed is not None and self.managed.take_change()

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
