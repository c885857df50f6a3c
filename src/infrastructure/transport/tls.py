"""Whom an engine trusts, for the engines that use Python's TLS."""

import ssl
from functools import lru_cache

from turnout.infrastructure.transport.engine import EngineOptions


def client_context(options: EngineOptions) -> ssl.SSLContext:
    """Return a context for HTTP/1.1, shared by equal options; raises OSError for a bad file."""
    shown = options.client_cert_file, options.client_key_file
    return _context(options.verify_tls, options.ca_file, *shown)


@lru_cache(maxsize=64)
def _context(
    verify: bool, ca_file: str | None, cert_file: str | None, key_file: str | None
) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    context.set_alpn_protocols(["http/1.1"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
