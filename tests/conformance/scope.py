"""Which recordings are replayed, as whose answers, and which are not, and why."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.recordings import CASSETTES, WIRE, Recording, recording_of
from turnout.infrastructure.discovery import discover_vendors

_RECORDED = CASSETTES.parent / "recorded"

_PROTOCOLS = {
    "chat_completions": "openai_chat",
    "embeddings": "openai_chat",
    "messages": "anthropic_messages",
    "messages_vertex": "anthropic_messages",
    "generate_content": "gemini",
    "stream_generate_content": "gemini",
}
_OTHER_EMBEDDINGS = {"gemini": "gemini", "vertex": "gemini"}
"""Whose embeddings are not in OpenAI's protocol."""
_VENDORS = discover_vendors()
_VENDOR_NAMES = {"azure": "azure_openai", "gemini": "google"}
"""Vendors whom the recordings call otherwise."""
_OPTIONS = {
    "azure": {"api_version": "2024-10-21"},
    "vertex": {"project": "recorded", "location": "global"},
}
_NOT_REPLAYED = {
    "responses": "OpenAI's Responses API is not spoken towards providers yet",
    "responses_other": "OpenAI's Responses API is not spoken towards providers yet",
    "completions": "the completions before chat are not relayed",
    "converse": "Bedrock's Converse is not spoken towards providers yet",
    "converse_stream": "Bedrock's Converse is not spoken towards providers yet",
    "invoke": "Bedrock's InvokeModel is not spoken towards providers yet",
    "invoke_stream": "Bedrock's InvokeModel is not spoken towards providers yet",
    "chat_v1": "Cohere is reached by its OpenAI-compatible endpoint",
    "chat_v2": "Cohere is reached by its OpenAI-compatible endpoint",
    "api_chat": "Ollama is reached by its OpenAI-compatible endpoint",
    "api_generate": "Ollama is reached by its OpenAI-compatible endpoint",
    "embeddings": "embeddings of a shape of its own, at a server that is asked for OpenAI's",
    "rerank": "reranking is not relayed",
    "batches": "batches are not relayed",
    "count_tokens": "tokens are not counted ahead",
    "models": "model lists are read by discovery, not relayed",
    "moderations": "moderations are not relayed",
}
_NATIVE_EMBEDDINGS = ("/v2/embed", "/api/embed", "/organization/")
"""Paths that only look like OpenAI's embeddings in the collection's table."""


@dataclass(frozen=True, slots=True)
class Party:
    """A provider, asked in one protocol; `vendor` is empty where it is known by that alone."""

    name: str
    protocol: str

    @property
    def vendor(self) -> str:
        name = _VENDOR_NAMES.get(self.name, self.name)
        known = _VENDORS.get(name)
        return name if known is not None and known.protocol == self.protocol else ""

    @property
    def id(self) -> str:
        """The name in Turnout's configuration."""
        return f"{self.name}.{self.protocol}".replace("_", "-").replace(".", "-")

    def entry(self, stub: str, recordings: Iterable[Recording]) -> dict[str, object]:
        """The entry under `ai_providers`, with the vendor's own bends and paths."""
        kind = {"vendor": self.vendor} if self.vendor else {"protocol": self.protocol}
        return {
            **kind,
            "base_url": f"{stub}/v1" if self.protocol == "openai_chat" else stub,
            "api_key": "planted-secret",
            "models": [{"name": each.id, "capabilities": _able(each)} for each in recordings],
            "options": _OPTIONS.get(self.name, {}) if self.vendor else {},
        }


@dataclass(frozen=True, slots=True)
class Case:
    """One recording that is replayed."""

    recording: Recording
    party: Party

    @property
    def asks_for_stream(self) -> bool:
        """Whether the recorded call was for a stream, also where an error answered it."""
        return self.recording.stream or bool((self.recording.request or {}).get("stream"))

    @property
    def address(self) -> str:
        """`provider/model`: the recording's id is the model's name."""
        return f"{self.party.id}/{self.recording.id}"


@dataclass(slots=True)
class Collection:
    """The recordings that are replayed, and how many are not, by reason, endpoint and provider."""

    cases: list[Case] = field(default_factory=list)
    left_out: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    whole: bool = False

    @property
    def ids(self) -> set[str]:
        return {case.recording.id for case in self.cases}


def collection() -> Collection:
    """The recordings of this repository, and the whole collection where it is at hand."""
    found = Collection(whole=WIRE.is_dir())
    places = (CASSETTES.glob("*/*.jsonl"), _RECORDED.glob("*.jsonl"), WIRE.glob("*.jsonl"))
    paths = [path for place in places for path in sorted(place)]
    rows = {row["id"]: row for path in paths for row in _rows(path)}
    for row in rows.values():
        party = _party(row)
        if party is None:
            provider, endpoint = row["provider"], row["endpoint"]
            found.left_out[_NOT_REPLAYED[endpoint], endpoint, provider] += 1
        else:
            found.cases.append(Case(recording_of(row), party))
    return found


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _able(recording: Recording) -> list[str]:
    if recording.endpoint == "embeddings":
        return ["embeddings"]
    return ["parallel_tools", "vision", "audio", "json_schema", "reasoning"]


def _party(row: Mapping[str, Any]) -> Party | None:
    provider, endpoint = row["provider"], row["endpoint"]
    protocol = _PROTOCOLS.get(endpoint)
    if endpoint == "embeddings":
        protocol = _OTHER_EMBEDDINGS.get(provider, protocol)
        if any(mark in row["url_path"] for mark in _NATIVE_EMBEDDINGS):
            return None
    return Party(provider, protocol) if protocol is not None else None
