"""Redaction: secrets do not reach the log, whoever writes them there by mistake."""

import re
from collections.abc import MutableMapping
from typing import Any

MASK = "***"
_SECRET_NAMES = ("authorization", "api_key", "apikey", "password", "secret", "token", "cookie")
_NO_SECRETS = frozenset({"tokens", "input_tokens", "output_tokens"})
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")
_KEYS = re.compile(r"\b(?:sk|pk|rk|gsk|xai|tok|tna|tn|hf|AIza|AKIA)[-_]?[A-Za-z0-9_-]{16,}\b")
_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


def redacted(text: str) -> str:
    """Return `text` without what looks like a key, a token, or a password in a URL."""
    text = _BEARER.sub(rf"\1 {MASK}", text)
    return _IN_URL.sub(f"://{MASK}@", _KEYS.sub(MASK, text))


def redact_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask what an event of structlog has in its words, and under telling names."""
    for name, value in event.items():
        if not isinstance(value, str):
            continue
        is_secret = name.lower() not in _NO_SECRETS and any(
            word in name.lower() for word in _SECRET_NAMES
        )
        event[name] = MASK if is_secret else redacted(value)
    return event
