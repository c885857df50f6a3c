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
    opening = 0
    while opening < len(messages) and messages[opening].role in _INSTRUCTING:
        opening += 1
    system = [placed for i in range(opening) for placed in _place(i, messages[i], protocol)]
    turns: list[Turn] = []
    for i in range(opening, len(messages)):
        placed = list(_place(i, messages[i], protocol))
        if messages[i].role in _INSTRUCTING:
            placed = [_marked(each) for each in placed]
        if placed:
            _append(turns, by_model=messages[i].role is Role.ASSISTANT, placed=placed)
    if system and not turns:
        turns, system = [Turn(by_model=False, placed=system)], []
    dropped = [name for i, message in enumerate(messages) for name in _lost(i, message, protocol)]
    return Dialogue(tuple(system), tuple(turns), tuple(dropped))


def foreign_fields(extras: Extras, path: str, protocol: str) -> list[str]:
    """Name what `extras` say to protocols other than `protocol` about what is at `path`."""
    others = (fields for other, fields in extras.items() if other != protocol)
    return [f"{path}.{name}" for fields in others for name in fields]


def _append(turns: list[Turn], *, by_model: bool, placed: list[Placed]) -> None:
    if turns and turns[-1].by_model == by_model:
        turns[-1].placed.extend(placed)
    else:
        turns.append(Turn(by_model, placed))


def _place(index: int, message: Message, protocol: str) -> Iterator[Placed]:
    """Yield a message's parts; a refusal counts as text, and text without letters not at all."""
    said = [
        (path, TextPart(part.text) if isinstance(part, RefusalPart) else part)
        for path, part in _paths(index, message)
        if not (isinstance(part, TextPart | RefusalPart) and not part.text)
    ]
    for position, (path, part) in enumerate(said, start=1):
        own = _extras(part).get(protocol, {})
        if position == len(said):
            own = {**message.extras.get(protocol, {}), **own}
        yield Placed(part, path, own)


def _paths(index: int, message: Message) -> Iterator[tuple[str, Part]]:
    contents = calls = 0
    for part in message.parts:
        path = f"messages[{index}]"
        match part:
            case ReasoningPart():
                path += ".reasoning_content"
            case ToolCallPart():
                path += f".tool_calls[{calls}]"
                calls += 1
            case ToolResultPart():
                pass
            case _:
                path += f".content[{contents}]"
                contents += 1
        yield path, part


def _lost(index: int, message: Message, protocol: str) -> Iterator[str]:
    path = f"messages[{index}]"
    if message.name:
        yield f"{path}.name"
    yield from foreign_fields(message.extras, path, protocol)
    for place, part in _paths(index, message):
        yield from foreign_fields(_extras(part), place, protocol)
        if isinstance(part, ToolResultPart):
            for position, inner in enumerate(part.parts):
                yield from foreign_fields(inner.extras, f"{place}.content[{position}]", protocol)


def _extras(part: Part) -> Extras:
    return {} if isinstance(part, RefusalPart) else part.extras


def _marked(placed: Placed) -> Placed:
    part = placed.part
    text = part.text if isinstance(part, TextPart) else ""
    return Placed(TextPart(f"<system>\n{text}\n</system>"), placed.path, placed.own)
