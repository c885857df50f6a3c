"""A conversation as protocols with two speakers hear it: user and model, taking turns.

Placed      a part, the caller's name for its place, and the extras that apply to it
Turn        neighbouring parts of one speaker
Dialogue    the opening instructions, the turns, and what has no place in such protocols
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
    """A part and its place (`messages[2].content[0]`), with the extras that apply to it.

    `extras` are the part's own and, on the last part of a message, the message's too.
    """

    part: Part
    path: str
    extras: Extras = field(default_factory=dict)

    def own_extras(self, protocol: str) -> Mapping[str, object]:
        """Return what the caller said to `protocol` alone."""
        return self.extras.get(protocol, {})

    def foreign_fields(self, protocol: str) -> list[str]:
        """Name what the caller said to protocols other than `protocol`."""
        return [
            f"{self.path}.{name}"
            for other, fields in self.extras.items()
            if other != protocol
            for name in fields
        ]


@dataclass(slots=True)
class Turn:
    """Neighbouring parts of one speaker, never none; `by_model` tells which."""

    by_model: bool
    placed: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`system` holds text only; two turns in a row never have the same speaker.

    `nameless` are the fields that name a participant (`messages[0].name`).
    """

    system: tuple[Placed, ...]
    turns: tuple[Turn, ...]
    nameless: tuple[str, ...]


def lay_out(messages: Sequence[Message]) -> Dialogue:
    """Split off the opening instructions and join what one speaker says in a row.

    Instructions in the middle stay where they are, as marked text of the user, so that they keep
    their order. A conversation of instructions alone becomes a turn of the user.
    """
    opening = 0
    while opening < len(messages) and messages[opening].role in _INSTRUCTING:
        opening += 1
    system = [placed for i in range(opening) for placed in _place(i, messages[i])]
    turns: list[Turn] = []
    for i in range(opening, len(messages)):
        message = messages[i]
        placed = list(_place(i, message))
        if message.role in _INSTRUCTING:
            placed = [_marked(each) for each in placed]
        if placed:
            _append(turns, by_model=message.role is Role.ASSISTANT, placed=placed)
    if system and not turns:
        turns, system = [Turn(by_model=False, placed=system)], []
    nameless = tuple(f"messages[{i}].name" for i, message in enumerate(messages) if message.name)
    return Dialogue(tuple(system), tuple(turns), nameless)


def _append(turns: list[Turn], *, by_model: bool, placed: list[Placed]) -> None:
    if turns and turns[-1].by_model == by_model:
        turns[-1].placed.extend(placed)
    else:
        turns.append(Turn(by_model, placed))


def _place(index: int, message: Message) -> Iterator[Placed]:
    """Yield a message's parts, without empty text; a refusal counts as text."""
    last = len(message.parts) - 1
    contents = calls = 0
    for position, part in enumerate(message.parts):
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
        extras: Extras = {} if isinstance(part, RefusalPart) else part.extras
        if position == last:
            extras = _joined(extras, message.extras)
        if isinstance(part, RefusalPart):
            part = TextPart(part.text)
        if not (isinstance(part, TextPart) and not part.text):
            yield Placed(part, path, extras)


def _joined(first: Extras, second: Extras) -> Extras:
    if not second:
        return first
    return {name: {**second.get(name, {}), **first.get(name, {})} for name in {**first, **second}}


def _marked(placed: Placed) -> Placed:
    part = placed.part
    text = part.text if isinstance(part, TextPart) else ""
    return Placed(TextPart(f"<system>\n{text}\n</system>"), placed.path, placed.extras)
