"""Ties a child to the supervisor: settings come in through a pipe, whose end is the end."""

import multiprocessing
import os
import signal
import sys
import threading

from turnout.bootstrap.live_settings import LiveBoard
from turnout.bootstrap.plane_settings import PlaneSettings

_PIECE_BYTES = 65536


def receive_settings() -> tuple[PlaneSettings, LiveBoard]:
    """Read one line of settings from standard input, then watch it.

    Further lines are LiveSettings; each is put on the board. When the supervisor is gone, however
    it went, the pipe closes and this process ends itself by SIGTERM, so that no plane is left
    behind.
    """
    # Not through sys.stdin: its lock, held by a reading thread, would be held for ever in a worker
    # that is forked meanwhile.
    pipe = os.dup(sys.stdin.fileno())
    text = b""
    while b"\n" not in text:
        piece = os.read(pipe, _PIECE_BYTES)
        if not piece:
            raise SystemExit("the supervisor ended before it gave any settings")
        text += piece
    first, _, rest = text.partition(b"\n")
    board = LiveBoard()
    rest = _put_lines(rest, board)
    threading.Thread(target=_watch, args=(pipe, rest, board), name="lifeline", daemon=True).start()
    return PlaneSettings.from_json(first), board


def end_with_parent() -> None:
    """End this process by SIGTERM when the one that made it is gone, however it went.

    A server that is killed cannot stop its workers: they would go on, on its port, for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    # Until the event loop heeds it: a forked worker has the handler of its parent, which would
    # note in a copy of the parent that somebody should stop, and nothing more.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    own = os.getpid()

    def watch() -> None:
        parent.join()
        os.kill(own, signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _watch(pipe: int, text: bytes, board: LiveBoard) -> None:
    own = os.getpid()
    while piece := os.read(pipe, _PIECE_BYTES):
        text = _put_lines(text + piece, board)
    os.kill(own, signal.SIGTERM)


def _put_lines(text: bytes, board: LiveBoard) -> bytes:
    """Put the last whole line on the board; return what is not a line yet."""
    whole, end, rest = text.rpartition(b"\n")
    if end:
        board.put(whole.rpartition(b"\n")[2])
    return rest
