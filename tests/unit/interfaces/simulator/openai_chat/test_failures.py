import json

import pytest

from turnout.interfaces.simulator.dialect import Failure
from turnout.interfaces.simulator.openai_chat.failures import write_failure
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.stamp import Stamp


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (ErrorKind.BAD_REQUEST, 400, None),
        (ErrorKind.UNAUTHORIZED, 401, "invalid_api_key"),
        (ErrorKind.NOT_FOUND, 404, "model_not_found"),
        (ErrorKind.CONTEXT_TOO_LONG, 400, "context_length_exceeded"),
        (ErrorKind.RATE_LIMITED, 429, "rate_limit_exceeded"),
        (ErrorKind.SERVER_ERROR, 500, None),
        (ErrorKind.OVERLOADED, 503, "server_is_overloaded"),
    ],
)
def test_status_and_code(kind: ErrorKind, status: int, code: str | None) -> None:
    reply = write_failure(Failure(kind=kind, model="m"), Stamp(0, 0))
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["code"]) == (status, code)
    assert error.keys() == {"message", "type", "param", "code"}
    assert "{" not in error["message"]


def test_a_rate_limit_says_when_to_come_back() -> None:
    failure = Failure(kind=ErrorKind.RATE_LIMITED, retry_after_seconds=7)
    headers = dict(write_failure(failure, Stamp(0, 0)).headers)
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("7", "7000")
    assert headers["x-ratelimit-remaining-requests"] == "0"


def test_the_callers_own_words_and_field_are_kept() -> None:
    failure = Failure(kind=ErrorKind.BAD_REQUEST, message="no such thing", field="n", code="x")
    error = json.loads(write_failure(failure, Stamp(0, 0)).body)["error"]
    assert (error["message"], error["param"], error["code"]) == ("no such thing", "n", "x")


@pytest.mark.parametrize("key", ["", "short", "sk-1234567890"])
def test_a_key_is_never_told_back(key: str) -> None:
    failure = Failure(kind=ErrorKind.UNAUTHORIZED, credential=key)
    message = json.loads(write_failure(failure, Stamp(0, 0)).body)["error"]["message"]
    assert "***" in message
    assert not key or key not in message
