import pytest

from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.protocols.error_status import (
    MESSAGE_LENGTH,
    clip,
    kind_of_status,
    malformed,
    unreadable,
    words_of,
)


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((400, 418, 422), FailureKind.BAD_REQUEST),
        ((401, 403), FailureKind.AUTH),
        ((402,), FailureKind.QUOTA_EXHAUSTED),
        ((404, 405), FailureKind.MODEL_MISSING),
        ((408, 499, 504, 522, 524), FailureKind.TIMEOUT),
        ((413,), FailureKind.CONTEXT_TOO_LONG),
        ((415, 501), FailureKind.UNSUPPORTED),
        ((429,), FailureKind.RATE_LIMITED),
        ((409, 425, 500, 502, 503, 529, 599), FailureKind.OVERLOADED),
        ((200, 302), FailureKind.MALFORMED),
    ],
)
def test_what_a_status_means(statuses: tuple[int, ...], kind: FailureKind) -> None:
    assert {kind_of_status(status) for status in statuses} == {kind}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the provider answered 502 without a message (an empty body)"),
        (b" \n", "the provider answered 502 without a message (2 bytes)"),
        (b"<html><title> Bad Gateway </title>", "Bad Gateway"),
        (b"<html></html>", "the provider answered 502 without a message (13 bytes)"),
        (b'{"a": 1}', "the provider answered 502 without a message (8 bytes)"),
        (b"upstream\xff", "upstream\ufffd"),
    ],
)
def test_a_body_without_structure_is_put_into_words(body: bytes, words: str) -> None:
    assert words_of(502, body) == words


def test_long_words_are_clipped() -> None:
    assert clip("a" * MESSAGE_LENGTH) == "a" * MESSAGE_LENGTH
    assert len(clip("a" * 99_999)) == MESSAGE_LENGTH


def test_malformed_answers_keep_the_start_of_their_body() -> None:
    found = malformed("bad", b"x" * 9000)
    assert (found.kind, found.message, len(found.raw)) == (FailureKind.MALFORMED, "bad", 2000)


def test_an_unreadable_answer_says_what_came_in_its_place() -> None:
    assert unreadable(b"").message == "the provider's answer cannot be read: nothing"
    assert unreadable(b"<title>Login</title>").message.endswith("read: Login")
