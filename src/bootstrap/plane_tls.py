"""TLS of what the planes listen on: contexts, and certificates that are renewed while they run."""

import os
import ssl
from dataclasses import dataclass, field

from turnout.bootstrap.plane_settings import TlsSettings


def server_context(tls: TlsSettings) -> ssl.SSLContext:
    """Return a context for TLS 1.2 and newer. Raises OSError (ssl.SSLError) for bad files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.cert_file, tls.key_file)
    if tls.client_ca_file is not None:
        context.load_verify_locations(tls.client_ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@dataclass(slots=True)
class RenewedCertificate:
    """Notices that the certificate or its key is another one now."""

    tls: TlsSettings
    _seen: tuple[tuple[int, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        self._seen = self._state()

    def is_new(self) -> bool:
        """Tell, once, that both files can be served with and are not those of before.

        Files that do not fit together are looked at again: they are often written one by one.
        """
        state = self._state()
        if not state or state == self._seen:
            return False
        try:
            server_context(self.tls)
        except OSError:
            return False
        self._seen = state
        return True

    def _state(self) -> tuple[tuple[int, int], ...]:
        try:
            stats = [os.stat(file) for file in (self.tls.cert_file, self.tls.key_file)]
        except OSError:
            return ()
        return tuple((stat.st_mtime_ns, stat.st_ino) for stat in stats)
