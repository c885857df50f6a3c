import json

import pytest

from turnout.interfaces.simulator.dialect import Failure
from turnout.interfaces.simulator.gemini.failures import write_failure
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.stamp import Stamp


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        (ErrorKind.BAD_REQUEST, 400, "INVALID_ARGUMENT"),
        (ErrorKind.UNAUTHORIZED, 400, "INVALID_ARGUMENT"),
        (ErrorKind.NOT_FOUND, 404, "NOT_FOUND"),
        (ErrorKind.CONTEXT_TOO_LONG, 400, "INVALID_ARGUMENT"),
        (ErrorKind.RATE_LIMITED, 429, "RESOURCE_EXHAUSTED"),
        (ErrorKind.SERVER_ERROR, 500, "INTERNAL"),
        (ErrorKind.OVERLOADED, 503, "UNAVAILABLE"),
    ],
)
def test_status(kind: ErrorKind, status: int, words: str) -> None:
    failure = Failure(kind=kind, model="m", credential="k", operation="generate_content")
    reply = write_failure(failure, Stamp(0, 0))
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["code"], error["status"]) == (status, status, words)
    assert "{" not in error["message"]


def test_a_missing_key_is_forbidden() -> None:
    reply = write_failure(Failure(kind=ErrorKind.UNAUTHORIZED), Stamp(0, 0))
    assert (reply.status, json.loads(reply.body)["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_wrong_key_has_a_reason() -> None:
    failure = Failure(kind=ErrorKind.UNAUTHORIZED, credential="k")
    [detail] = json.loads(write_failure(failure, Stamp(0, 0)).body)["error"]["details"]
    assert detail["reason"] == "API_KEY_INVALID"


def test_a_rate_limit_says_when_to_come_back() -> None:
    failure = Failure(kind=ErrorKind.RATE_LIMITED, retry_after_seconds=7)
    reply = write_failure(failure, Stamp(0, 0))
    details = json.loads(reply.body)["error"]["details"]
    assert details[1]["retryDelay"] == "7s"
    assert dict(reply.headers)["retry-after"] == "7"


def test_a_bad_field_is_named() -> None:
    failure = Failure(kind=ErrorKind.BAD_REQUEST, message="no", field="contents")
    [detail] = json.loads(write_failure(failure, Stamp(0, 0)).body)["error"]["details"]
    assert detail["fieldViolations"] == [{"field": "contents", "description": "no"}]
