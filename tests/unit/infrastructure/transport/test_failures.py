"""Failures of connections: their kinds, and words that say what to look at."""

import errno
import socket
import ssl

import pytest

from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.transport import failures


def test_what_cannot_be_asked() -> None:
    failure = failures.cannot_ask("header 'x' holds a line break")
    assert failure.kind is FailureKind.TRANSPORT
    assert failure.message == "cannot ask: header 'x' holds a line break"


def test_a_connection_that_takes_too_long() -> None:
    failure = failures.no_connection_in_time("host", 2.5)
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.message == "no connection to host within 2.5 s"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed"), "Connection refused"),
        (socket.gaierror(-2, "Name or service not known"), "its name cannot be resolved"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "TLS: the handshake failed"),
        (OSError("Multiple exceptions: a, b"), "Multiple exceptions: a, b"),
        (OSError(0, "what a library says"), "what a library says"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_a_connection_that_cannot_be_opened(error: OSError, reason: str) -> None:
    failure = failures.no_connection("host", error)
    assert failure.kind is FailureKind.TRANSPORT
    assert failure.message == f"no connection to host: {reason}"


def test_a_certificate_that_is_not_trusted() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    failure = failures.no_connection("host", error)
    assert failure.message == (
        "no connection to host: TLS: its certificate is not to be trusted (self-signed certificate)"
    )


def test_a_connection_that_breaks() -> None:
    error = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    failure = failures.broken_connection("host", error)
    assert failure.kind is FailureKind.TRANSPORT
    assert failure.message == "host broke the connection: Connection reset by peer"
