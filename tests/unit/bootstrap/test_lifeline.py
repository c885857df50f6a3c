import signal
import subprocess
import sys

from turnout.bootstrap.plane_settings import PlaneSettings

PROGRAM = """
import sys, threading
from turnout.bootstrap.lifeline import receive_settings
print(receive_settings()[0].port, flush=True)
threading.Event().wait()
"""


def child() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_settings_come_in_and_the_pipes_end_is_the_childs() -> None:
    with child() as running:
        assert running.stdin is not None
        assert running.stdout is not None
        # More than a pipe reads at once, and in pieces.
        text = PlaneSettings("x" * 100_000, port=4711).to_json() + b"\n"
        running.stdin.write(text[:10])
        running.stdin.flush()
        running.stdin.write(text[10:])
        running.stdin.flush()
        assert running.stdout.readline() == b"4711\n"
        running.stdin.close()
        assert running.wait(30) == -signal.SIGTERM


def test_a_supervisor_that_ends_before_it_said_anything_is_told() -> None:
    with child() as running:
        output, errors = running.communicate(timeout=30)
    assert (running.returncode, output) == (1, b"")
    assert errors == b"the supervisor ended before it gave any settings\n"


FOLLOWING = """
import sys, threading
from turnout.bootstrap.lifeline import receive_settings
_, board = receive_settings()
while True:
    text = board.take()
    if text is not None:
        print(text.decode(), flush=True)
    threading.Event().wait(0.01)
"""


def test_further_lines_are_put_on_the_board_whole() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FOLLOWING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(PlaneSettings("x").to_json() + b"\nfirst\n")
        running.stdin.flush()
        assert running.stdout.readline() == b"first\n"
        running.stdin.write(b"sec")
        running.stdin.flush()
        running.stdin.write(b"ond\n")
        running.stdin.flush()
        assert running.stdout.readline() == b"second\n"
        running.stdin.close()
        assert running.wait(30) == -signal.SIGTERM
