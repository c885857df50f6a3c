"""What may be shown of a provider's secrets: references, and nothing else."""

import re
from collections.abc import Iterable, Mapping

MASK = "***"
ELSEWHERE = ("sealed:", "vault:", "aws-sm:", "gcp-sm:")
"""How references begin to what is sealed under the master key, or kept by a secret manager."""
REFERENCE = re.compile(
    r"\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:\S.*|config:\S+"
    r"|sealed:[A-Za-z0-9_-]+|(?:vault|aws-sm|gcp-sm):[^\s#]+(?:#\S+)?"
)
"""A credential that names a secret without holding it: a variable, a file, an entry of the
configuration file, or what is kept elsewhere."""

_SECRET_HEADER = re.compile(r"authorization|cookie|credential|key|password|secret|token", re.I)


def is_reference(credential: str) -> bool:
    """Tell whether `credential` only says where the secret is."""
    return REFERENCE.fullmatch(credential) is not None


def shown_credential(credential: str | None) -> str | None:
    """Return a reference as it is, a literal as `***`."""
    return credential if credential is None or is_reference(credential) else MASK


def shown_credentials(credentials: Iterable[str]) -> tuple[str, ...]:
    """Return `credentials` with `***` for each that is no reference."""
    return tuple(each if is_reference(each) else MASK for each in credentials)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return `headers` with `***` for each value that may be a secret and is no reference."""
    return {name: _shown_header(name, value) for name, value in headers.items()}


def _shown_header(name: str, value: str) -> str:
    scheme, _, rest = value.rpartition(" ")  # `Bearer ${VAR}` is a reference too
    if not _SECRET_HEADER.search(name) or is_reference(value):
        return value
    return value if scheme.isalpha() and is_reference(rest) else MASK
