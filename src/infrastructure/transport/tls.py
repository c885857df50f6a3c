"""Whom an engine trusts, for the engines that use Python's TLS."""

import ssl
from functools import lru_cache

from turnout.infrastructure.transport.engine import EngineOptions


def client_context(options: EngineOptions) -> ssl.SSLContext:
    """Return a context for HTTP/1.1, shared by equal options; raises OSError for a bad CA file."""
    return _context(options.verify_tls, options.ca_file)


@lru_cache(maxsize=64)
def _context(verify: bool, ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["http/1.1"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
