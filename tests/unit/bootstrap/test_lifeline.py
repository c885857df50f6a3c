import os
import select
import signal
import subprocess
import sys
import threading

import psutil

from turnout.bootstrap.lifeline import end_with_parent
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


FAMILY = """
import multiprocessing, os, signal, threading
from turnout.bootstrap.lifeline import end_with_parent

def work(pipe):
    end_with_parent()
    os.write(pipe, b"%d\\n" % os.getpid())
    threading.Event().wait()

signal.signal(signal.SIGTERM, lambda number, frame: None)
read, write = os.pipe()
os.set_inheritable(write, True)
multiprocessing.get_context("fork").Process(target=work, args=(write,)).start()
print(os.read(read, 100).decode(), end="", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_does_not_outlive_the_process_that_made_it() -> None:
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        ended = os.pidfd_open(worker)
        assert parent.wait(30) == -signal.SIGKILL
        # The worker holds the other end of standard output: reading ends when it lets go of that,
        # a moment before it has ended.
        assert parent.stdout.read() == b""
        assert select.select([ended], [], [], 30)[0] == [ended]
        os.close(ended)
    assert not psutil.pid_exists(worker) or psutil.Process(worker).status() == "zombie"


def test_a_process_that_nobody_made_has_nothing_to_watch() -> None:
    before = threading.active_count()
    end_with_parent()
    assert threading.active_count() == before
