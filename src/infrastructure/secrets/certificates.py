"""When a certificate ends."""

from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate


def ends_at(file: str) -> float:
    """Return when the first certificate of a PEM file ends, in seconds since 1970.

    Raises OSError, and ValueError for what is no certificate.
    """
    certificate = load_pem_x509_certificate(Path(file).read_bytes())
    return certificate.not_valid_after_utc.timestamp()
