import json

import pytest

from turnout.interfaces.simulator.anthropic_messages.failures import write_failure
from turnout.interfaces.simulator.dialect import Failure
from turnout.interfaces.simulator.profile import ErrorKind
from turnout.interfaces.simulator.stamp import Stamp


@pytest.mark.parametrize(
    ("kind", "status", "word", "retried"),
    [
        (ErrorKind.BAD_REQUEST, 400, "invalid_request_error", "false"),
        (ErrorKind.UNAUTHORIZED, 401, "authentication_error", "false"),
        (ErrorKind.NOT_FOUND, 404, "not_found_error", "false"),
        (ErrorKind.CONTEXT_TOO_LONG, 400, "invalid_request_error", "false"),
        (ErrorKind.RATE_LIMITED, 429, "rate_limit_error", "true"),
        (ErrorKind.SERVER_ERROR, 500, "api_error", "true"),
        (ErrorKind.OVERLOADED, 529, "overloaded_error", "true"),
    ],
)
def test_status_and_type(kind: ErrorKind, status: int, word: str, retried: str) -> None:
    reply = write_failure(Failure(kind=kind, model="m"), Stamp(0, 0))
    body, headers = json.loads(reply.body), dict(reply.headers)
    assert (reply.status, body["type"], body["error"]["type"]) == (status, "error", word)
    assert body["request_id"] == headers["request-id"]
    assert headers["x-should-retry"] == retried
    assert "{" not in body["error"]["message"]


def test_a_rate_limit_says_when_to_come_back() -> None:
    failure = Failure(kind=ErrorKind.RATE_LIMITED, retry_after_seconds=12, now_seconds=0)
    headers = dict(write_failure(failure, Stamp(0, 0)).headers)
    assert headers["retry-after"] == "12"
    assert headers["anthropic-ratelimit-requests-reset"] == "1970-01-01T00:00:12Z"


def test_a_long_prompt_is_said_to_be_longer_than_the_limit() -> None:
    failure = Failure(kind=ErrorKind.CONTEXT_TOO_LONG, prompt_tokens=300_000)
    message = json.loads(write_failure(failure, Stamp(0, 0)).body)["error"]["message"]
    assert message == "prompt is too long: 300000 tokens > 200000 maximum"
