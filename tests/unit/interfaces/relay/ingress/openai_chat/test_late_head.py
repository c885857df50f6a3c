import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.relay import TAKEN

from turnout.interfaces.relay.ingress.openai_chat.late_head import LateHead

WAY = {
    "request_id": "req_relay",
    "provider": "openai",
    "model": "gpt-4",
    "route": "default",
    "attempts": 1,
    "cache": "bypass",
}
DONE = b"data: [DONE]\n\n"


def chunk(finish: str | None, **more: Any) -> dict[str, Any]:
    delta = {"content": 'he said "finish_reason": "stop"'}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def event(
    body: dict[str, Any], end: str = "\n\n", separators: tuple[str, str] = (",", ":")
) -> bytes:
    return f"data: {json.dumps(body, separators=separators)}{end}".encode()


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_the_chunk_that_finishes_tells_the_way(end: str, separators: tuple[str, str]) -> None:
    events = event(chunk("stop", usage=None), end, separators)
    told = LateHead(TAKEN).put_into(events + DONE)
    assert told.endswith(end.encode() + DONE)
    found = json.loads(told.removesuffix(DONE).removeprefix(b"data: "))
    assert found == {**chunk("stop", usage=None), "x_turnout": WAY}


def test_a_rescue_is_told_beside_it() -> None:
    rescued = {"rescued": 1, "providers": ["a", "b"]}
    told = LateHead(TAKEN).put_into(event(chunk("stop", x_turnout=rescued)))
    assert json.loads(told.removeprefix(b"data: "))["x_turnout"] == {**WAY, **rescued}


def test_what_could_not_be_carried_is_told() -> None:
    late = LateHead(replace(TAKEN, dropped=("seed",)))
    told = json.loads(late.put_into(event(chunk("stop"))).removeprefix(b"data: "))
    assert told["x_turnout"]["dropped"] == ["seed"]


@pytest.mark.parametrize("events", [event(chunk(None)), DONE, b": ping\n\n", b'"finish_reason":"'])
def test_all_else_stays_as_it_is(events: bytes) -> None:
    assert LateHead(TAKEN).put_into(events) == events
