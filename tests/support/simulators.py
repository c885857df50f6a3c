"""What tests of the simulator share: calls made by hand, and streams read back."""

import json
from collections.abc import Iterable
from typing import Any

from turnout.interfaces.simulator.dialect import Call, Frame, Job, PromptCache, Refused
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.stamp import Stamp

WEATHER_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "tags": {"type": "array", "items": {"enum": ["red", "green"]}},
    },
    "required": ["name", "age", "tags"],
    "additionalProperties": False,
}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def call(
    body: object,
    *,
    profile: Profile | None = None,
    path: str = "/",
    model: str = "",
    sequence: int = 0,
    cache: PromptCache | None = None,
    refused: bool = False,
) -> Call:
    """A call with this body, given as JSON or as bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path, _, query = path.partition("?")
    return Call(
        request=Request("POST", path, query, {}, data),
        profile=profile or Profile(),
        stamp=Stamp(0, sequence),
        cache=cache or PromptCache(),
        model=model,
        refused=refused,
    )


def refusal(perform: Any, *arguments: Any, **named: Any) -> Refused:
    """The Refused that this raises."""
    try:
        perform(*arguments, **named)
    except Refused as refused:
        return refused
    raise AssertionError("it was not refused")


def body_of(job: Job) -> Any:
    """The whole answer as JSON."""
    return json.loads(job.body)


def frames_of(job: Job) -> list[Frame]:
    """All frames of a streamed answer."""
    assert job.frames is not None
    return list(job.frames)


def events_in(frames: Iterable[Frame]) -> list[Any]:
    """The events' data as JSON, `[DONE]` as text."""
    text = b"".join(frame.data for frame in frames).decode().replace("\r\n", "\n")
    data = [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]
    return [one if one == "[DONE]" else json.loads(one) for one in data]


class NotedSleep:
    """Sleeps no time at all, and remembers what was asked for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class NotedWriter:
    """Stands where a response writer is, and notes what it is told, in order."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.status = 0
        self.body = b""
        self.headers: object = ()
        self.finished = False

    def whole(self, status: int, headers: object, body: bytes, *, keep_back: int = 0) -> None:
        self.status, self.body, self.headers = status, body[: len(body) - keep_back], headers
        self._note("whole", finished=True)

    def announce(self, status: int, headers: object, length: int) -> None:
        self.status, self.headers = status, headers
        self._note(f"announce {length}")

    def begin(self, status: int, headers: object) -> None:
        self.status, self.headers = status, headers
        self._note("begin")

    def pieces(self, pieces: Iterable[bytes]) -> None:
        self.body += b"".join(pieces)
        self._note("pieces")

    def end(self) -> None:
        self._note("end", finished=True)

    def cut(self) -> None:
        self._note("cut", finished=True)

    def reset(self) -> None:
        self._note("reset", finished=True)

    async def drained(self) -> None:
        return

    def _note(self, what: str, *, finished: bool = False) -> None:
        self.notes.append(what)
        self.finished = self.finished or finished
