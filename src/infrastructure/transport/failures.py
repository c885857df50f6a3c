"""Failures of the connection, as ProviderFailure and in words that are safe to show."""

import os
import socket
import ssl

from turnout.domain.inference.failure import FailureKind, ProviderFailure


def cannot_ask(why: object) -> ProviderFailure:
    """The failure of a request that could not be written; `why` says which part, not its value."""
    return ProviderFailure(FailureKind.TRANSPORT, f"cannot ask: {why}")


def no_connection_in_time(host: str, seconds: float) -> ProviderFailure:
    """The failure of a connection that took too long to open."""
    return ProviderFailure(FailureKind.TIMEOUT, f"no connection to {host} within {seconds:g} s")


def no_connection(host: str, error: OSError) -> ProviderFailure:
    """The failure of a connection that could not be opened."""
    return ProviderFailure(FailureKind.TRANSPORT, f"no connection to {host}: {_reason(error)}")


def broken_connection(host: str, error: OSError) -> ProviderFailure:
    """The failure of a connection that broke while in use."""
    return broken_answer(host, f"broke the connection: {_reason(error)}")


def broken_answer(host: str, what: str) -> ProviderFailure:
    """The failure of an answer that is not HTTP, or not whole."""
    return ProviderFailure(FailureKind.TRANSPORT, f"{host} {what}")


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: its certificate is not to be trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {getattr(error, 'reason', None) or 'the handshake failed'}"
    if isinstance(error, socket.gaierror):
        return "its name cannot be resolved"
    if error.errno:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__
