"""What is written to standard error; in processes of their own, since logging is a process's."""

import json
import subprocess
import sys

LINES = """
import logging
from turnout.application.ports.current_request import CURRENT_REQUEST
from turnout.infrastructure.telemetry.logs import begin_logs, set_level
begin_logs("info", {form!r})
log = logging.getLogger("turnout.relay")
log.debug("not wanted")
CURRENT_REQUEST.set("req_7")
log.warning("no such key %s", "sk-proj-abcdefghijklmnop1234", extra={{"status": 401}})
set_level("error")
log.warning("not wanted any more")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("it failed")
"""


def written(form: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LINES.format(form=form)], capture_output=True, text=True, check=True
    )
    return done.stderr.splitlines()


def test_json_lines_name_the_request_and_no_secret() -> None:
    first, second = (json.loads(line) for line in written("json"))
    assert first["event"] == "no such key ***"
    assert (first["level"], first["logger"], first["status"]) == ("warning", "turnout.relay", 401)
    assert first["request_id"] == second["request_id"] == "req_7"
    assert first["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in second["exception"]


def test_people_read_words() -> None:
    text = "\n".join(written("console"))
    assert "no such key ***" in text
    assert "req_7" in text
    assert "not wanted" not in text
