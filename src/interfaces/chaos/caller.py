"""A caller of the gateway: asks for a chat completion and judges what comes back."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.http_call import Answer, CallFailed, posted
from turnout.interfaces.chaos.outcome import Ending, Outcome

ANSWER = "{question} has this answer:"
PATIENCE_SECONDS = 30.0
"""Longer than any scenario lets a gateway take."""


def answer_of(words: int) -> str:
    """The answer that every simulator gives, with a place for the question."""
    return " ".join([ANSWER, *(f"word{number}" for number in range(1, words + 1)), "end"])


class Caller:
    """Asks at a gateway's door for the model `model`, whose answers have so many words."""

    def __init__(self, door: Door, *, model: str, words: int) -> None:
        self._door = door
        self._model = model
        self._answer = answer_of(words)

    async def ask(
        self, number: int, question: str, *, stream: bool, leave_after_words: int | None
    ) -> Outcome:
        """Ask, as the request of this number; never raises for what the gateway does."""
        outcome = Outcome(
            number=number, question=question, streamed=stream, began_seconds=time.time()
        )
        reading = _Reading(outcome, self._answer.replace("{question}", question), leave_after_words)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                body = self._body(question, stream)
                path = "/v1/chat/completions"
                async with posted(self._door, path, body) as answer:
                    await reading.read(answer, lambda: time.perf_counter() - began)
        except TimeoutError:
            outcome.detail = f"nothing for {PATIENCE_SECONDS:g} s"
        except CallFailed as failed:
            outcome.detail = str(failed)
        outcome.seconds = time.perf_counter() - began
        return outcome

    def _body(self, question: str, stream: bool) -> bytes:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": "user", "content": question}],
            "temperature": 0,
        }
        if stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return msgspec.json.encode(body)


class _Reading:
    """Reads one answer into its outcome."""

    def __init__(self, outcome: Outcome, expected: str, leave_after_words: int | None) -> None:
        self._outcome = outcome
        self._expected = expected
        self._leave_after_words = leave_after_words
        self._finished = False
        self._declined = False

    async def read(self, answer: Answer, passed_seconds: Callable[[], float]) -> None:
        """Read all of it, or as much as the caller waits for. Raises CallFailed for no body."""
        outcome, headers = self._outcome, answer.headers
        outcome.status = answer.status
        outcome.provider = headers.get("x-turnout-provider", "")
        outcome.shared = headers.get("x-turnout-cache") in ("hit", "shared")
        outcome.attempts = 0 if outcome.shared else int(headers.get("x-turnout-attempts", 0))
        outcome.request_id = headers.get("x-turnout-request-id", "")
        outcome.retry_after = headers.get("retry-after", "")
        if answer.status != 200:
            self._refused(await _all(answer))
        elif outcome.streamed:
            outcome.ending = Ending.CUT
            await self._stream(answer, passed_seconds)
        else:
            self._whole(await _all(answer))

    def _refused(self, body: bytes) -> None:
        outcome = self._outcome
        outcome.ending = Ending.UNEXPLAINED
        outcome.detail = body[:200].decode("utf-8", "replace")
        with suppress(msgspec.DecodeError, LookupError, TypeError):
            error = msgspec.json.decode(body)["error"]
            outcome.code = error["code"] or error["type"]
            outcome.detail = error["message"]
            outcome.ending = Ending.REFUSED

    def _whole(self, body: bytes) -> None:
        outcome = self._outcome
        outcome.ending = Ending.UNEXPLAINED
        outcome.detail = body[:200].decode("utf-8", "replace")
        with suppress(msgspec.DecodeError, LookupError, TypeError):
            choice = msgspec.json.decode(body)["choices"][0]
            self._take(choice, choice["message"])
            outcome.detail = ""
            self._judge()

    async def _stream(self, answer: Answer, passed_seconds: Callable[[], float]) -> None:
        outcome, rest = self._outcome, b""
        while chunk := await answer.read():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._line(line.strip())
            if outcome.text and outcome.first_token_seconds is None:
                outcome.first_token_seconds = passed_seconds()
            if self._leaves():
                outcome.ending = Ending.LEFT
                return

    def _line(self, line: bytes) -> None:
        if line.startswith(b":"):
            self._outcome.heartbeats += 1
        data = line.removeprefix(b"data:").strip()
        if data == line:
            return  # an empty line, a comment, or the name of an event
        if data == b"[DONE]":
            self._judge()
            return
        try:
            self._event(msgspec.json.decode(data))
        except (msgspec.DecodeError, LookupError, TypeError, AttributeError):
            self._outcome.malformed_events += 1

    def _event(self, event: Any) -> None:
        outcome = self._outcome
        told = event.get("x_turnout", {})
        if "attempts" in told:  # the head of a silent stream could not tell
            outcome.provider = told["provider"]
            outcome.shared = told["cache"] in ("hit", "shared")
            outcome.attempts += 0 if outcome.shared else told["attempts"]
        self._rescued(told.get("rescued", 0))
        if "error" in event:
            error = event["error"]
            outcome.code = error["code"] or error["type"]
            outcome.detail = error["message"]
            outcome.ending = Ending.BROKEN
            return
        for choice in event["choices"]:
            self._take(choice, choice["delta"])

    def _rescued(self, times: int) -> None:
        """Count the attempts that began after the headers had told how many there were."""
        outcome = self._outcome
        if times > outcome.rescued:
            outcome.attempts += 0 if outcome.shared else times - outcome.rescued
            outcome.rescued = times

    def _take(self, choice: Any, said: Any) -> None:
        self._outcome.text += said.get("content") or ""
        self._declined = self._declined or bool(said.get("refusal"))
        self._declined = self._declined or choice["finish_reason"] == "content_filter"
        self._finished = self._finished or choice["finish_reason"] == "stop"

    def _judge(self) -> None:
        """Say what an answer is that came to its proper end."""
        outcome = self._outcome
        if self._declined:
            outcome.ending = Ending.DECLINED
            return
        whole = self._finished and outcome.text == self._expected
        outcome.ending = Ending.ANSWERED if whole else Ending.TRUNCATED
        if not whole:
            outcome.detail = f"ended properly with {outcome.text!r}"

    def _leaves(self) -> bool:
        words = self._leave_after_words
        return words is not None and self._outcome.text.count(" word") >= words


async def _all(answer: Answer) -> bytes:
    pieces: list[bytes] = []
    while piece := await answer.read():
        pieces.append(piece)
    return b"".join(pieces)
