"""Reshape: a request bend as data, for vendors that refuse or rename fields of their protocol.

Bodies are taken apart no deeper than needed; what is not touched keeps its bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from turnout.infrastructure.clients.vendor import Bent

Fields = dict[str, msgspec.Raw]

_FIELDS = msgspec.json.Decoder(Fields).decode
_MESSAGES = msgspec.json.Decoder(list[Fields]).decode
_ENCODE = msgspec.json.Encoder().encode
_NOTHING = (b"null", b'""', b"[]", b"{}")
_SYSTEM = msgspec.Raw(b'"system"')
_ASSISTANT = b'"assistant"'


@dataclass(frozen=True, slots=True)
class Reshape:
    """Makes a body in OpenAI's chat protocol fit for a vendor: a `Bends.request`.

    `refused` fields are taken out and named as dropped if they held anything; `needless` ones ask
    for what the vendor does anyway, and just go; `renamed` maps OpenAI's names to the vendor's,
    which wins if the caller used both. `refused_in_messages` are fields of messages. `message` may
    rework a message's fields in place and tells whether it did. `begun_answer` is what the last
    message gets where it is the assistant's: the beginning of the answer.
    """

    refused: frozenset[str] = frozenset()
    needless: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    refused_in_messages: frozenset[str] = frozenset()
    developer_as_system: bool = False
    message: Callable[[Fields], bool] | None = None
    begun_answer: Mapping[str, object] = field(default_factory=dict)

    def __call__(self, body: bytes) -> Bent:
        """Return the body for the vendor, the same bytes if there was nothing to do."""
        try:
            fields = _FIELDS(body)
        except msgspec.DecodeError:
            return Bent(body)
        touched = [name for name in fields if name in self.refused or name in self.needless]
        dropped = _take(fields, touched, self.refused)
        renamed = [name for name in self.renamed if name in fields]
        for name in renamed:
            value = fields.pop(name)
            fields.setdefault(self.renamed[name], value)
        messages, lost = self._messages(fields.get("messages"))
        if messages is not None:
            fields["messages"] = messages
        if not touched and not renamed and messages is None:
            return Bent(body)
        return Bent(_ENCODE(fields), dropped + lost)

    def _messages(self, raw: msgspec.Raw | None) -> tuple[msgspec.Raw | None, tuple[str, ...]]:
        """Return the messages rewritten, None if they may stay, and what was lost of them."""
        try:
            messages = _MESSAGES(raw or b"[]")
        except msgspec.DecodeError:
            return None, ()
        changed = False
        dropped: list[str] = []
        for number, message in enumerate(messages):
            changed |= self._rework(message)
            touched = [name for name in message if name in self.refused_in_messages]
            lost = _take(message, touched, self.refused_in_messages)
            dropped += [f"messages[{number}].{name}" for name in lost]
            changed |= bool(touched)
        if self.begun_answer and messages and bytes(messages[-1].get("role", b"")) == _ASSISTANT:
            for name, value in self.begun_answer.items():
                messages[-1].setdefault(name, msgspec.Raw(_ENCODE(value)))
            changed = True
        return (msgspec.Raw(_ENCODE(messages)) if changed else None), tuple(dropped)

    def _rework(self, message: Fields) -> bool:
        changed = self.message is not None and self.message(message)
        if self.developer_as_system and bytes(message.get("role", b"")) == b'"developer"':
            message["role"] = _SYSTEM
            changed = True
        return changed


def _take(fields: Fields, names: list[str], told: frozenset[str]) -> tuple[str, ...]:
    """Take fields out; return those of `told` that held something."""
    held = [name for name in names if bytes(fields.pop(name)) not in _NOTHING]
    return tuple(name for name in held if name in told)
