"""Attempts find the request that they were made for."""

from tests.support.attempts import attempt_record
from tests.support.requests import request_record

from turnout.infrastructure.telemetry import joining
from turnout.infrastructure.telemetry.joining import Joined, Joining


def test_attempts_wait_for_the_end_of_their_request() -> None:
    board = Joining()
    first, second, request = attempt_record(1), attempt_record(2), request_record()
    assert list(board.join([first])) == []
    assert list(board.join([second, request])) == [Joined(request, [first, second], False)]


def test_a_late_attempt_is_told_with_its_request() -> None:
    board = Joining()
    request, late = request_record(), attempt_record(2)
    assert list(board.join([request])) == [Joined(request, [], False)]
    assert list(board.join([late])) == [Joined(request, [late], True)]


def test_what_is_remembered_is_bounded() -> None:
    board = Joining()
    many = [request_record(f"req_{number}") for number in range(joining.MOST_ENDED + 1)]
    assert len(list(board.join(many))) == len(many)
    assert list(board.join([attempt_record(request="req_0")])) == []
    assert len(list(board.join([attempt_record(request="req_1")]))) == 1
