"""The form in which what was recorded and what was heard are compared."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; `id` is None where the recording has none, `arguments` are parsed JSON."""

    id: str | None
    name: str
    arguments: object


@dataclass(slots=True)
class Said:
    """One choice."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[Call] = field(default_factory=list)
    finish: str | None = None


@dataclass(slots=True)
class Failed:
    """Instead of an answer, or in its midst: the client's exception, by class, and its code."""

    exception: str
    code: str | None
    retry_after: str | None = None


@dataclass(slots=True)
class Answer:
    """All of an answer.

    `usage` holds the counts by their names in OpenAI's `usage`; `vectors` are of embeddings.
    """

    choices: dict[int, Said] = field(default_factory=dict)
    usage: dict[str, Any] | None = None
    failed: Failed | None = None
    vectors: list[list[float]] = field(default_factory=list)

    def choice(self, index: int) -> Said:
        return self.choices.setdefault(index, Said())


def differences(expected: Answer, heard: Answer) -> tuple[str, ...]:
    """Name what is not the same: `failed`, `usage`, `choices[0].text`..."""
    found = [name for name in ("failed", "usage", "vectors") if _differ(expected, heard, name)]
    if expected.choices.keys() != heard.choices.keys():
        return (*found, "choices")
    for index, said in expected.choices.items():
        known = _ids(said, heard.choices[index])
        found += [
            f"choices[{index}].{each.name}"
            for each in fields(said)
            if _differ(known, heard.choices[index], each.name)
        ]
    return tuple(found)


def _differ(one: object, other: object, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _ids(expected: Said, heard: Said) -> Said:
    """Take over ids that the recording does not have, as long as each call has its own."""
    ids = [call.id for call in heard.calls]
    if len(ids) != len(expected.calls) or len(set(ids)) < len(ids) or not all(ids):
        return expected
    calls = [
        Call(call.id or id, call.name, call.arguments)
        for call, id in zip(expected.calls, ids, strict=True)
    ]
    return Said(expected.text, expected.reasoning, expected.refusal, calls, expected.finish)


@dataclass(slots=True)
class Pieces:
    """A streamed choice that is being put together from what its deltas hold."""

    said: Said = field(default_factory=Said)
    _calls: dict[int, list[str]] = field(default_factory=dict)

    def hear(self, delta: dict[str, Any]) -> None:
        """Add a delta, or a whole message, as plain JSON; a content that is no text is shown."""
        content = delta.get("content") or ""
        self.said.text += content if isinstance(content, str) else repr(content)
        self.said.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or ""
        self.said.refusal += delta.get("refusal") or ""
        for place, call in enumerate(_calls_in(delta)):
            index = call.get("index")
            function = call.get("function") or {}
            written = self._calls.setdefault(place if index is None else index, ["", "", ""])
            written[0] = written[0] or call.get("id") or ""
            written[1] += function.get("name") or ""
            written[2] += function.get("arguments") or ""

    def whole(self) -> Said:
        """The choice, with its calls in order."""
        self.said.calls = [
            Call(id or None, name, parsed(arguments))
            for _, (id, name, arguments) in sorted(self._calls.items())
        ]
        return self.said


def _calls_in(delta: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from delta.get("tool_calls") or ()
    if delta.get("function_call"):  # what calls were before tools
        yield {"function": delta["function_call"]}


def parsed(arguments: str) -> object:
    """The arguments as JSON, or as they are where they are none."""
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments
