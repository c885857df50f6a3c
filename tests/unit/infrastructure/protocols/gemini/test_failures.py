import json
from collections.abc import Mapping

import pytest
from tests.support.recordings import WIRE, recordings

from turnout.domain.inference.failure import FailureKind as Kind
from turnout.domain.inference.failure import ProviderFailure
from turnout.infrastructure.protocols.gemini.failures import failure, refuse_error


def body(code: int, message: str, status: str = "", *details: Mapping[str, object]) -> bytes:
    error = {"code": code, "message": message, "status": status, "details": list(details)}
    return json.dumps({"error": error}).encode()


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("INVALID_ARGUMENT", 400, Kind.BAD_REQUEST),
        ("FAILED_PRECONDITION", 400, Kind.BAD_REQUEST),
        ("UNAUTHENTICATED", 401, Kind.AUTH),
        ("PERMISSION_DENIED", 403, Kind.AUTH),
        ("NOT_FOUND", 404, Kind.MODEL_MISSING),
        ("RESOURCE_EXHAUSTED", 429, Kind.RATE_LIMITED),
        ("CANCELLED", 499, Kind.TIMEOUT),
        ("INTERNAL", 500, Kind.OVERLOADED),
        ("UNIMPLEMENTED", 501, Kind.UNSUPPORTED),
        ("UNAVAILABLE", 503, Kind.OVERLOADED),
        ("DEADLINE_EXCEEDED", 504, Kind.TIMEOUT),
        ("NEW_WORD", 409, Kind.OVERLOADED),
        ("", 413, Kind.CONTEXT_TOO_LONG),
    ],
)
def test_statuses(status: str, code: int, kind: Kind) -> None:
    found = failure(code, body(code, "Words.", status))
    assert (found.kind, found.message, found.status) == (kind, "Words.", code)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("API key not valid. Please pass a valid API key.", Kind.AUTH),
        ("API key expired. Please renew the API key.", Kind.AUTH),
        (
            "The input token count (1250074) exceeds the maximum number of tokens allowed (1).",
            Kind.CONTEXT_TOO_LONG,
        ),
        ("Request payload size exceeds the limit: 20971520 bytes.", Kind.CONTEXT_TOO_LONG),
        ("Logprobs is not enabled for this model", Kind.UNSUPPORTED),
        ("Penalty is not enabled for models/gemini-2.5-flash", Kind.UNSUPPORTED),
        (
            "Function calling with a response mime type: 'application/json' is unsupported",
            Kind.UNSUPPORTED,
        ),
        ("Unsupported MIME type: image/gif", Kind.UNSUPPORTED),
        ("User location is not supported for the API use.", Kind.UNSUPPORTED),
        ("Budget 0 is invalid. This model only works in thinking mode.", Kind.UNSUPPORTED),
        ("Cannot fetch content from the provided URL.", Kind.UNSUPPORTED),
        ("Function call is missing a thought_signature", Kind.UNSUPPORTED),
        ("Invalid value at 'contents'", Kind.BAD_REQUEST),
    ],
)
def test_what_an_invalid_argument_is_said_to_be(message: str, kind: Kind) -> None:
    assert failure(400, body(400, message, "INVALID_ARGUMENT")).kind is kind


def test_the_reason_of_a_bad_key_weighs_more_than_the_status() -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    assert failure(400, body(400, "No.", "INVALID_ARGUMENT", info)).kind is Kind.AUTH


def test_a_daily_quota_is_exhausted() -> None:
    quota = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}
    found = failure(429, body(429, "Quota.", "RESOURCE_EXHAUSTED", quota))
    assert found.kind is Kind.QUOTA_EXHAUSTED


@pytest.mark.parametrize(
    ("message", "details", "seconds"),
    [
        ("Quota.", [{"retryDelay": "34.4s"}], 34.4),
        ("Quota. Please retry in 48.9s.", [], 48.9),
        ("Quota.", [{"retryDelay": "soon"}], None),
        ("Quota.", [{"retryDelay": 5}], None),
        ("Quota.", [], None),
    ],
)
def test_how_long_to_wait(
    message: str, details: list[dict[str, object]], seconds: float | None
) -> None:
    found = failure(429, body(429, message, "RESOURCE_EXHAUSTED", *details))
    assert (found.kind, found.retry_after_seconds) == (Kind.RATE_LIMITED, seconds)


@pytest.mark.parametrize(
    ("status", "raw", "kind", "words"),
    [
        (503, b"[" + body(503, "Busy.", "UNAVAILABLE") + b"]", Kind.OVERLOADED, "Busy."),
        (404, b"<html><title>Error 404 (Not Found)!!1</title></html>", Kind.MODEL_MISSING,
         "Error 404 (Not Found)!!1"),
        (502, b"", Kind.OVERLOADED, "the provider answered 502 without a message (an empty body)"),
        (400, b"[]", Kind.BAD_REQUEST, "the provider answered 400 without a message (2 bytes)"),
        (500, b'{"error": {}}', Kind.OVERLOADED,
         "the provider answered 500 without a message (an empty body)"),
        (400, b"[" * 100_000, Kind.BAD_REQUEST,
         "the provider answered 400 without a message (100000 bytes)"),
    ],
)  # fmt: skip
def test_any_other_body(status: int, raw: bytes, kind: Kind, words: str) -> None:
    found = failure(status, raw)
    assert (found.kind, found.message, found.raw) == (kind, words, raw[:2000])


def test_an_error_inside_a_success_has_no_status_of_its_own() -> None:
    with pytest.raises(ProviderFailure) as caught:
        refuse_error(body(429, "Slow.", "RESOURCE_EXHAUSTED"))
    assert (caught.value.kind, caught.value.status) == (Kind.RATE_LIMITED, None)
    with pytest.raises(ProviderFailure) as caught:
        refuse_error(body(503, "Busy."))
    assert caught.value.kind is Kind.OVERLOADED


def test_no_error_is_refused_where_there_is_none() -> None:
    for raw in (b"", b"{}", b"[]", b'{"error": null}', b'{"error": 5}', b"[" * 100_000):
        refuse_error(raw)


def test_documented_errors_are_of_their_kinds() -> None:
    path = WIRE / "documented_errors.jsonl"
    rows = recordings(path) if path.exists() else ()
    expected = {403: Kind.AUTH, 429: Kind.RATE_LIMITED, 503: Kind.OVERLOADED, 504: Kind.TIMEOUT}
    for row in rows:
        if row.provider == "gemini" and row.status != 200:
            assert failure(row.status, row.body).kind is expected[row.status], row.id
