"""What the HTTP status and a body without known structure tell of an error answer."""

import re

from turnout.domain.inference.failure import FailureKind, ProviderFailure

MESSAGE_LENGTH = 2000
"""Characters of a provider's words that are kept."""
RAW_LENGTH = 2000
"""Bytes of a provider's body that are kept for operators."""

_KINDS = {
    401: FailureKind.AUTH,
    402: FailureKind.QUOTA_EXHAUSTED,
    403: FailureKind.AUTH,
    404: FailureKind.MODEL_MISSING,
    405: FailureKind.MODEL_MISSING,
    408: FailureKind.TIMEOUT,
    409: FailureKind.OVERLOADED,
    413: FailureKind.CONTEXT_TOO_LONG,
    415: FailureKind.UNSUPPORTED,
    425: FailureKind.OVERLOADED,
    429: FailureKind.RATE_LIMITED,
    499: FailureKind.TIMEOUT,
    501: FailureKind.UNSUPPORTED,
    504: FailureKind.TIMEOUT,
    522: FailureKind.TIMEOUT,
    524: FailureKind.TIMEOUT,
}
_TITLE = re.compile(rb"<(?:title|h1)[^>]*>\s*([^<]{1,200}?)\s*<", re.IGNORECASE)


def kind_of_status(status: int) -> FailureKind:
    """Return what a status means where nothing better is known."""
    kind = _KINDS.get(status)
    if kind is not None:
        return kind
    if status >= 500:
        return FailureKind.OVERLOADED
    return FailureKind.BAD_REQUEST if status >= 400 else FailureKind.MALFORMED


def words_of(status: int, body: bytes) -> str:
    """Put an error answer that is no error object into words: its text, its HTML title, or ours."""
    start = body[:65536].strip()
    if start.startswith(b"<"):
        title = _TITLE.search(start)
        start = title.group(1) if title else b""
    if start.startswith((b"{", b"[")) or not start:
        size = f"{len(body)} bytes" if body else "an empty body"
        return f"the provider answered {status} without a message ({size})"
    return clip(start.decode("utf-8", "replace"))


def clip(text: str) -> str:
    """Keep the start of a message."""
    return text if len(text) <= MESSAGE_LENGTH else text[: MESSAGE_LENGTH - 1] + "…"


def malformed(message: str, body: bytes) -> ProviderFailure:
    """Return the failure for an answer that is not what the protocol says."""
    return ProviderFailure(FailureKind.MALFORMED, message, raw=body[:RAW_LENGTH])


def unreadable(body: bytes) -> ProviderFailure:
    """Return the failure for a 2xx whose body is no JSON of the expected shape."""
    found = words_of(200, body) if body.strip() else "nothing"
    return malformed(f"the provider's answer cannot be read: {found}", body)
