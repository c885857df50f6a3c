import json

import pytest
from tests.support.recordings import WIRE, recordings

from turnout.domain.inference.failure import FailureKind as Kind
from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.protocols.anthropic_messages.failures import (
    WireError,
    failure,
    failure_inside,
    refuse_error,
)


def body(type: str | None, message: str) -> bytes:
    return json.dumps({"type": "error", "error": {"type": type, "message": message}}).encode()


@pytest.mark.parametrize(
    ("type", "status", "kind"),
    [
        ("invalid_request_error", 400, Kind.BAD_REQUEST),
        ("authentication_error", 401, Kind.AUTH),
        ("billing_error", 402, Kind.QUOTA_EXHAUSTED),
        ("permission_error", 403, Kind.AUTH),
        ("not_found_error", 404, Kind.MODEL_MISSING),
        ("conflict_error", 409, Kind.OVERLOADED),
        ("request_too_large", 413, Kind.CONTEXT_TOO_LONG),
        ("rate_limit_error", 429, Kind.RATE_LIMITED),
        ("api_error", 500, Kind.OVERLOADED),
        ("timeout_error", 504, Kind.TIMEOUT),
        ("overloaded_error", 529, Kind.OVERLOADED),
        ("something_new", 503, Kind.OVERLOADED),
        (None, 404, Kind.MODEL_MISSING),
    ],
)
def test_types(type: str | None, status: int, kind: Kind) -> None:
    found = failure(status, body(type, "Words."))
    assert (found.kind, found.message, found.status) == (kind, "Words.", status)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("prompt is too long: 3333404 tokens > 200000 maximum", Kind.CONTEXT_TOO_LONG),
        ("input length and `max_tokens` exceed context limit: 1 + 2 > 2", Kind.CONTEXT_TOO_LONG),
        ("Your credit balance is too low to access the API.", Kind.QUOTA_EXHAUSTED),
        ("You have reached your specified API usage limits.", Kind.QUOTA_EXHAUSTED),
        ("Output blocked by content filtering policy", Kind.CONTENT_REFUSED),
        ('"thinking.type.enabled" is not supported for this model.', Kind.UNSUPPORTED),
        ("This model does not support assistant message prefill.", Kind.UNSUPPORTED),
        ("max_tokens: 9 > 8, which is the maximum allowed number of output", Kind.UNSUPPORTED),
        ("`temperature` and `top_p` cannot both be specified", Kind.UNSUPPORTED),
        ("temperature: Extra inputs are not permitted", Kind.UNSUPPORTED),
        ("Unable to download the file.", Kind.UNSUPPORTED),
        ("messages.1.content.0: Invalid `signature` in `thinking` block", Kind.UNSUPPORTED),
        ("messages: at least one message is required", Kind.BAD_REQUEST),
    ],
)
def test_what_an_invalid_request_says(message: str, kind: Kind) -> None:
    assert failure(400, body("invalid_request_error", message)).kind is kind


@pytest.mark.parametrize(
    ("status", "raw", "kind", "words"),
    [
        (502, b"", Kind.OVERLOADED, "the provider answered 502 without a message (an empty body)"),
        (503, b"<html><h1>Busy</h1></html>", Kind.OVERLOADED, "Busy"),
        (404, b"not here", Kind.MODEL_MISSING, "not here"),
        (400, b'{"error": "text"}', Kind.BAD_REQUEST, None),
        (418, b"[" * 100_000, Kind.BAD_REQUEST, None),
        (302, b"\xff\xfe", Kind.MALFORMED, "\ufffd\ufffd"),
    ],
)
def test_any_other_body(status: int, raw: bytes, kind: Kind, words: str | None) -> None:
    found = failure(status, raw)
    assert found.kind is kind
    assert found.message == (
        words or f"the provider answered {status} without a message ({len(raw)} bytes)"
    )
    assert len(found.raw) <= 2000


def test_an_error_inside_a_success() -> None:
    with pytest.raises(ProviderFailure) as caught:
        refuse_error(body("overloaded_error", "Overloaded"))
    assert (caught.value.kind, caught.value.status) == (Kind.OVERLOADED, None)
    assert failure_inside(WireError(), b"").message


def test_no_error_is_refused_where_there_is_none() -> None:
    for raw in (b"", b"{}", b'{"error": null}', b'{"error": 5}', b"[" * 100_000):
        refuse_error(raw)


def test_documented_errors_are_of_their_kinds() -> None:
    path = WIRE / "documented_errors.jsonl"
    rows = [r for r in recordings(path) if r.provider == "anthropic"] if path.exists() else []
    expected = {402: Kind.QUOTA_EXHAUSTED, 403: Kind.AUTH, 429: Kind.RATE_LIMITED,
                500: Kind.OVERLOADED, 529: Kind.OVERLOADED}  # fmt: skip
    for row in rows:
        if row.status != 200:
            assert failure(row.status, row.body).kind is expected[row.status], row.id
