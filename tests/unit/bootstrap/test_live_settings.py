"""What processes share: forked ones for real."""

import os
import pickle

import pytest
from tests.fakes.relay import loopback

from turnout.application.relay.admission import Admission
from turnout.bootstrap.live_settings import MOST_BYTES, LiveBoard, LiveFollower, LiveSettings
from turnout.domain.governance.grant import AccessDenied
from turnout.infrastructure.secrets.references import ReferencedSecrets

LIVE = LiveSettings(("new",), {"config:a": "secret"}, "1")


def following(board: LiveBoard) -> LiveFollower:
    return LiveFollower(board, Admission(["old"]), ReferencedSecrets({}, {"config:a": "former"}))


def test_what_is_put_is_taken_once() -> None:
    board = LiveBoard()
    assert board.take() is None
    board.put(b"one")
    board.put(b"two")
    assert board.take() == b"two"
    assert board.take() is None


def test_forked_processes_see_it_those_that_were_there_and_those_that_come() -> None:
    board = LiveBoard()
    told, tell = os.pipe()
    go, start = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(go, 1)
        os.write(tell, board.take() or b"nothing")
        os._exit(0)
    board.put(b"x" * 1000)
    os.write(start, b"!")
    assert os.read(told, 2000) == b"x" * 1000
    os.waitpid(child, 0)
    for pipe in (told, tell, go, start):
        os.close(pipe)


def test_who_looks_while_it_is_written_looks_again() -> None:
    board, whole = LiveBoard(), LiveBoard()
    for each in (board, whole):
        each.put(b"first")
        assert each.take() == b"first"
    whole.put(b"second")
    text = whole._memory[:]
    for written in range(1, 48 + len(b"second")):
        board._memory[:written] = text[:written]
        assert board.take() in (None, b"second")
    board._memory[: len(text)] = text
    assert board.take() in (None, b"second")


def test_a_board_that_is_sent_to_another_process_is_an_empty_one() -> None:
    board = LiveBoard()
    board.put(b"secret")
    text = pickle.dumps(board)
    assert b"secret" not in text
    assert pickle.loads(text).take() is None


def test_keys_and_secrets_are_taken_over() -> None:
    board = LiveBoard()
    follow = following(board)
    assert not follow()
    assert follow.admission.grant("old", loopback)
    board.put(LIVE.to_json())
    assert follow()
    assert follow.admission.grant("new", loopback)
    with pytest.raises(AccessDenied):
        follow.admission.grant("old", loopback)
    assert follow.secrets.reveal("config:a") == "secret"
    assert follow.live == LIVE


def test_only_another_fingerprint_compiles_anew() -> None:
    board = LiveBoard()
    follow = following(board)
    board.put(LIVE.to_json())
    assert follow()
    board.put(LiveSettings(("newer",), {"config:a": "secret"}, "1").to_json())
    assert not follow()
    assert follow.admission.grant("newer", loopback)


def test_what_no_board_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 4194304"):
        LiveSettings(("x" * MOST_BYTES,)).to_json()
    assert "new" not in repr(LIVE)
