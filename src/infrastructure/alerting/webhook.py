"""Notices as signed POST requests."""

import hmac
from collections.abc import Callable
from hashlib import sha256

import msgspec

from turnout.application.ports.alerting import NotDelivered, Outgoing
from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.alerting.wording import text_of, title_of
from turnout.infrastructure.transport.engine import HttpEngine, HttpRequest


def body_of(outgoing: Outgoing) -> bytes:
    """Return what is sent: JSON, with everything that a machine may want to know."""
    notice = outgoing.notice
    return msgspec.json.encode(
        {
            "id": outgoing.id,
            "kind": notice.kind,
            "severity": notice.severity,
            "group": notice.group,
            "at": notice.at,
            "title": title_of(notice),
            "text": text_of(notice),
            "alerts": [
                {
                    "fingerprint": alert.fingerprint,
                    "rule": alert.rule,
                    "subject": alert.subject,
                    "state": alert.state,
                    "summary": alert.summary,
                    "since": alert.since,
                    "fired_at": alert.fired_at,
                    "resolved_at": alert.resolved_at,
                }
                for alert in notice.alerts
            ],
        }
    )


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return `v1=` and HMAC-SHA256 of `TIMESTAMP.BODY` in hexadecimal digits."""
    signed = timestamp.encode() + b"." + body
    return f"v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


async def post(
    engine: HttpEngine,
    address: str,
    secret: str | None,
    outgoing: Outgoing,
    now: Callable[[], float],
) -> None:
    """Send a notice to `address`; any 2xx is good. Raises NotDelivered."""
    body, timestamp = body_of(outgoing), str(int(now()))
    headers = [
        ("content-type", "application/json"),
        ("user-agent", "turnout"),
        ("idempotency-key", outgoing.id),
        ("x-turnout-timestamp", timestamp),
    ]
    if secret is not None:
        headers.append(("x-turnout-signature", signature(secret, timestamp, body)))
    try:
        reply = await engine.send(HttpRequest("POST", address, tuple(headers), body))
    except ProviderFailure as failure:
        raise NotDelivered(failure.message) from None
    if not 200 <= reply.status < 300:
        raise NotDelivered(f"the webhook answered {reply.status}")
