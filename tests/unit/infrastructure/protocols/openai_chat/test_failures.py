import msgspec
import pytest

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.protocols.openai_chat.failures import (
    failure,
    failure_inside,
    refuse_broken,
    refuse_error,
)

NOTHING = msgspec.Raw(b"")


def test_an_error_answer_keeps_its_words_its_status_and_the_start_of_its_body() -> None:
    body = b'{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}' + b" " * 9000
    found = failure(429, body)
    assert (found.kind, found.message, found.status) == (
        FailureKind.RATE_LIMITED,
        "Slow down.",
        429,
    )
    assert body.startswith(found.raw)
    assert len(found.raw) == 2000


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 17.76s. Visit", 17.76),
        ("Please try again in 7m12.5s.", 432.5),
        ("Please try again in 1h2m3s.", 3723.0),
        ("Please try again in 20ms.", 0.02),
        ("Please try again in 1m20ms.", 60.02),
        ("Please try again in a while.", None),
        ("Please try again later.", None),
    ],
)
def test_the_wait_is_read_from_the_words(message: str, seconds: float | None) -> None:
    found = failure(429, f'{{"error":{{"message":"{message}"}}}}'.encode())
    assert found.retry_after_seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the provider answered 502 without a message (an empty body)"),
        (b"<html><title>502 Bad Gateway</title></html>", "502 Bad Gateway"),
        (b"error code: 520", "error code: 520"),
        (b'{"x": 1}', "the provider answered 502 without a message (8 bytes)"),
    ],
)
def test_what_has_no_message_gets_one(body: bytes, words: str) -> None:
    found = failure(502, body)
    assert (found.kind, found.message) == (FailureKind.OVERLOADED, words)


def test_an_error_inside_a_success_has_the_status_that_it_names() -> None:
    found = failure_inside({"error": {"code": 429, "message": "Busy"}}, b"raw")
    assert (found.kind, found.status, found.raw) == (FailureKind.RATE_LIMITED, 429, b"raw")


def test_an_error_inside_a_success_that_names_no_status_is_the_servers() -> None:
    found = failure_inside({"error": {"type": "server_error"}}, b"raw")
    assert (found.kind, found.status) == (FailureKind.OVERLOADED, None)
    assert found.message == "the provider reported an error without words"


def test_an_error_in_place_of_an_answer_is_raised() -> None:
    with pytest.raises(ProviderFailure, match="No such thing"):
        refuse_error(b'{"error":{"message":"No such thing"}}', b"")
    refuse_error(b'{"choices":[]}', b"")
    refuse_error(b'{"error":', b"")


@pytest.mark.parametrize("word", ["error", "insufficient_system_resource"])
def test_a_finish_that_is_none_is_raised(word: str) -> None:
    with pytest.raises(ProviderFailure, match=word) as caught:
        refuse_broken(word, NOTHING, b"raw")
    assert caught.value.kind is FailureKind.OVERLOADED
    refuse_broken("stop", NOTHING, b"")
    refuse_broken(None, NOTHING, b"")


def test_a_finish_that_is_none_may_tell_why() -> None:
    why = msgspec.Raw(b'{"code":429,"message":"Busy"}')
    with pytest.raises(ProviderFailure, match="Busy") as caught:
        refuse_broken("error", why, b"raw")
    assert caught.value.kind is FailureKind.RATE_LIMITED
