"""How connections to a provider are made: to which addresses, trusting whom, shown what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connecting:
    """What a provider's connections have that not all have.

    `ca_file` names the authorities to trust instead of the usual ones, `client_cert_file` and
    `client_key_file` what to show that asks for a client certificate: PEM files. `public_only`:
    nothing but addresses of the public internet is connected to, whatever its name leads to.
    """

    ca_file: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None
    public_only: bool = False
