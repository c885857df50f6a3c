import asyncio
import json
from typing import Any, cast

import pytest
from tests.support.simulators import NotedSleep, NotedWriter, call

from turnout.interfaces.simulator import openai_chat
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.exchange import Exchange, fault_of
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.profile import ErrorKind, Fault, Profile
from turnout.interfaces.simulator.stamp import Stamp

HELLO = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
ENDPOINT = "chat_completions"


class Scene:
    """An exchange with all that it touches at hand."""

    def __init__(self, body: Any = HELLO, fault: Fault | None = None, **profile: Any) -> None:
        self.writer, self.sleep = NotedWriter(), NotedSleep()
        self.counts = Counts(lambda: 0)
        self.exchange = Exchange(
            call=call(body, profile=Profile(**profile)),
            operation=openai_chat.CHAT_COMPLETIONS,
            writer=cast("ResponseWriter", self.writer),
            counts=self.counts,
            sleep=self.sleep,
            now=lambda: 0.0,
            fault=fault,
        )

    @property
    def error(self) -> Any:
        return json.loads(self.writer.body)["error"]


def test_an_answer_without_delay_is_written_at_once() -> None:
    scene = Scene()
    assert scene.exchange.run() is None
    assert (scene.writer.status, scene.counts.in_flight) == (200, 0)
    assert scene.counts.requests == {(ENDPOINT, "m", 200): 1}


async def test_an_answer_with_delay_is_awaited() -> None:
    scene = Scene(first_token_delay_seconds=2)
    pending = scene.exchange.run()
    assert pending is not None
    await pending
    assert scene.sleep.seconds == [2]
    assert (scene.writer.status, scene.counts.in_flight) == (200, 0)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ErrorKind.RATE_LIMITED, 429),
        (ErrorKind.OVERLOADED, 503),
        (ErrorKind.SERVER_ERROR, 500),
        (ErrorKind.UNAUTHORIZED, 401),
        (ErrorKind.NOT_FOUND, 404),
        (ErrorKind.BAD_REQUEST, 400),
        (ErrorKind.CONTEXT_TOO_LONG, 400),
    ],
)
def test_faults_told_by_the_protocol(kind: ErrorKind, status: int) -> None:
    scene = Scene(fault=Fault(kind))
    assert scene.exchange.run() is None
    assert scene.error["message"]
    assert scene.counts.requests == {(ENDPOINT, "m", status): 1}
    assert scene.counts.prompt_tokens == {}


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [(ErrorKind.EMPTY_BODY, 200, b""), (ErrorKind.HTML_ERROR_PAGE, 502, b"<html>")],
)
def test_faults_no_protocol_knows(kind: ErrorKind, status: int, body: bytes) -> None:
    scene = Scene(fault=Fault(kind))
    assert scene.exchange.run() is None
    assert scene.writer.body.startswith(body)
    assert scene.counts.requests == {(ENDPOINT, "m", status): 1}


def test_a_reset_has_no_status() -> None:
    scene = Scene(fault=Fault(ErrorKind.RESET))
    assert scene.exchange.run() is None
    assert scene.writer.notes == ["reset"]
    assert scene.counts.requests == {(ENDPOINT, "m", 0): 1}


@pytest.mark.parametrize(
    ("body", "fault", "profile", "aborted"),
    [
        (HELLO, Fault(ErrorKind.SILENT), {}, (0, 1)),
        (HELLO, None, {"first_token_delay_seconds": 9}, (0, 1)),
        ({**HELLO, "stream": True}, None, {"first_token_delay_seconds": 9}, (1, 0)),
    ],
)
async def test_a_hang_up_is_counted(
    body: Any, fault: Fault | None, profile: dict[str, Any], aborted: tuple[int, int]
) -> None:
    scene = Scene(body, fault, **profile)
    scene.exchange.sleep = lambda seconds: asyncio.Event().wait()  # type: ignore[assignment]
    pending = scene.exchange.run()
    assert pending is not None
    task = asyncio.ensure_future(pending)
    await scene.counts.until(lambda counts: counts.in_flight == 1)
    await asyncio.sleep(0)
    task.cancel()
    await scene.counts.until(lambda counts: counts.in_flight == 0)
    assert (scene.counts.aborted_streams, scene.counts.aborted_requests) == aborted


@pytest.mark.parametrize(
    ("body", "profile", "status", "code"),
    [
        (b"{", {}, 400, None),
        (HELLO, {"models": ("other",)}, 404, "model_not_found"),
        (HELLO, {"require_key": "k"}, 401, "invalid_api_key"),
        (
            {
                **HELLO,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "x", "schema": {"$ref": "#"}},
                },
            },
            {},
            400,
            None,
        ),
    ],
)
def test_what_is_refused(body: Any, profile: dict[str, Any], status: int, code: object) -> None:
    scene = Scene(body, **profile)
    assert scene.exchange.run() is None
    assert (scene.writer.status, scene.error["code"]) == (status, code)


@pytest.mark.parametrize(("rate", "least", "most"), [(0, 0, 0), (0.25, 200, 300), (1, 1000, 1000)])
def test_the_dice_keep_to_the_rate(rate: float, least: int, most: int) -> None:
    profile = Profile(error_rate=rate, error_kinds=("silent", "reset"))
    faults = [fault_of(profile, Stamp(1, sequence)) for sequence in range(1000)]
    met = [fault.kind for fault in faults if fault is not None]
    assert least <= len(met) <= most
    assert set(met) == ({ErrorKind.SILENT, ErrorKind.RESET} if rate else set())
    assert faults == [fault_of(profile, Stamp(1, sequence)) for sequence in range(1000)]
