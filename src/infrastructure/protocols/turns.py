"""A conversation as protocols with two speakers hear it: user and model, taking turns.

Placed      a part, the caller's name for its place, and what was said to this protocol alone
Turn        neighbouring parts of one speaker
Dialogue    the opening instructions, the turns, and what has no place in the protocol
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from turnout.domain.inference.content import (
    Extras,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

_INSTRUCTING = (Role.SYSTEM, Role.DEVELOPER)


@dataclass(frozen=True, slots=True)
class Placed:
    """A part and its place (`messages[2].content[0]`); never an empty text.

    `own` is what the caller said to the protocol alone: about the part and, on the last part of a
    message, about the message.
    """

    part: Part
    path: str
    own: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """Neighbouring parts of one speaker, never none; `by_model` tells which."""

    by_model: bool
    placed: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Two turns in a row never have the same speaker.

    `dropped` names what has no place: participants' names, and what was said to other protocols.
    """

    system: tuple[Placed, ...]
    turns: tuple[Turn, ...]
    dropped: tuple[str, ...]


def lay_out(messages: Sequence[Message], protocol: str) -> Dialogue:
    """Split off the opening instructions and join what one speaker says in a row.

    Instructions in the middle stay where they are, as marked text of the user, so that they keep
    their order. A conversation of instructions alone becomes a turn of the user.
    """
    system: list[Placed] = []
    turns: list[Turn] = []
    dropped: list[str] = []
    for index, message in enumerate(messages):
        placed = _place(index, message, protocol, dropped)
        if message.role not in _INSTRUCTING:
            _append(turns, by_model=message.role is Role.ASSISTANT, placed=placed)
        elif turns:
            _append(turns, by_model=False, placed=[_marked(each) for each in placed])
        else:
            system += placed
    if system and not turns:
        turns, system = [Turn(by_model=False, placed=system)], []
    return Dialogue(tuple(system), tuple(turns), tuple(dropped))


def foreign_fields(extras: Extras, path: str, protocol: str) -> list[str]:
    """Name what `extras` say to protocols other than `protocol` about what is at `path`."""
    if not extras:
        return []
    others = (fields for other, fields in extras.items() if other != protocol)
    return [f"{path}.{name}" for fields in others for name in fields]


def _append(turns: list[Turn], *, by_model: bool, placed: list[Placed]) -> None:
    if turns and turns[-1].by_model == by_model:
        turns[-1].placed.extend(placed)
    elif placed:
        turns.append(Turn(by_model, placed))


def _place(index: int, message: Message, protocol: str, dropped: list[str]) -> list[Placed]:
    """Place a message's parts; a refusal counts as text, and text without letters not at all."""
    path = f"messages[{index}]"
    if message.name:
        dropped.append(f"{path}.name")
    dropped += foreign_fields(message.extras, path, protocol)
    placed: list[Placed] = []
    for place, part in _paths(path, message):
        if isinstance(part, RefusalPart):
            part = TextPart(part.text)
        dropped += foreign_fields(part.extras, place, protocol)
        if isinstance(part, ToolResultPart):
            for position, inner in enumerate(part.parts):
                dropped += foreign_fields(inner.extras, f"{place}.content[{position}]", protocol)
        if not isinstance(part, TextPart) or part.text:
            placed.append(Placed(part, place, part.extras.get(protocol, {})))
    whole = message.extras.get(protocol)
    if whole and placed:
        last = placed[-1]
        placed[-1] = Placed(last.part, last.path, {**whole, **last.own})
    return placed


def _paths(message_path: str, message: Message) -> Iterator[tuple[str, Part]]:
    contents = calls = 0
    for part in message.parts:
        match part:
            case ReasoningPart():
                path = f"{message_path}.reasoning_content"
            case ToolCallPart():
                path = f"{message_path}.tool_calls[{calls}]"
                calls += 1
            case ToolResultPart():
                path = message_path
            case _:
                path = f"{message_path}.content[{contents}]"
                contents += 1
        yield path, part


def _marked(placed: Placed) -> Placed:
    part = placed.part
    text = part.text if isinstance(part, TextPart) else ""
    return Placed(TextPart(f"<system>\n{text}\n</system>"), placed.path, placed.own)
