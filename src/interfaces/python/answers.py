"""What calls in Python give: OpenAI's shapes with the way they came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from turnout.application.relay.answers import RouteTaken


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """A whole answer. `body` is OpenAI's `chat.completion`; `taken` tells who answered."""

    body: Mapping[str, Any]
    taken: RouteTaken

    @property
    def text(self) -> str:
        """The first choice's text, "" when it has none."""
        return self._message.get("content") or ""

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        """The first choice's tool calls in OpenAI's shape."""
        return self._message.get("tool_calls") or []

    @property
    def finish_reason(self) -> str | None:
        """Why the first choice ended."""
        reason: str | None = self.body["choices"][0].get("finish_reason")
        return reason

    @property
    def usage(self) -> Mapping[str, Any] | None:
        """Tokens in OpenAI's shape, None when the provider did not tell."""
        return self.body.get("usage")

    @property
    def provider(self) -> str:
        """The provider that answered."""
        return self.taken.provider

    @property
    def _message(self) -> dict[str, Any]:
        message: dict[str, Any] = self.body["choices"][0]["message"]
        return message


@dataclass(frozen=True, slots=True)
class ChatChunk:
    """A piece of a streamed answer. `body` is OpenAI's `chat.completion.chunk`."""

    body: Mapping[str, Any]
    taken: RouteTaken

    @property
    def text(self) -> str:
        """The piece of the first choice's text, often ""."""
        choices = self.body.get("choices") or [{}]
        return (choices[0].get("delta") or {}).get("content") or ""

    @property
    def provider(self) -> str:
        """The provider that answers."""
        return self.taken.provider


@dataclass(frozen=True, slots=True)
class Vectors:
    """Embeddings in the order of the inputs. `body` is OpenAI's list."""

    body: Mapping[str, Any]
    taken: RouteTaken

    @property
    def vectors(self) -> list[list[float]]:
        """One vector per input."""
        return [item["embedding"] for item in self.body["data"]]


def chunks_of(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the JSON of the server-sent events in `data`; comments and [DONE] carry none."""
    for line in data.splitlines():
        if not line.startswith(b"data:"):
            continue
        text = line[5:].strip()
        if text and text != b"[DONE]":
            yield msgspec.json.decode(text)
