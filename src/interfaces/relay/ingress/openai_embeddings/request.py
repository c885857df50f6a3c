"""An embeddings call from its bytes.

Source: OpenAI's `POST /v1/embeddings`.
"""

import msgspec

from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.request import EmbeddingRequest, WireProtocol
from turnout.interfaces.relay.openai.fields import unexpected
from turnout.interfaces.relay.openai.json_body import CallerBody, read_json

CHARACTERS_PER_TOKEN = 6
_NEEDS = frozenset({Capability.EMBEDDINGS})
_NULL = msgspec.Raw(b"null")

Inputs = tuple[str | tuple[int, ...], ...]


class _Call(msgspec.Struct, gc=False):
    model: msgspec.Raw
    input: str | list[str | int | list[int]]
    encoding_format: str | None = None
    dimensions: int | None = None


_CALL = msgspec.json.Decoder(_Call)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_embedding_request(body: bytes) -> EmbeddingRequest:
    """Read a request's body. Raises InvalidRequest, naming the field."""
    call = read_json(_CALL, body)
    held = CallerBody(body, call.model)
    encoding = call.encoding_format or "float"
    if encoding not in {"float", "base64"}:
        raise unexpected("encoding_format", encoding, "float or base64")
    inputs = _inputs(call.input)
    return EmbeddingRequest(
        model=held.model,
        protocol=WireProtocol.OPENAI_CHAT,
        needs=Requirement(_NEEDS, max(_tokens(text) for text in inputs)),
        inputs=inputs,
        encoding=encoding,
        dimensions=call.dimensions,
        leftovers=_leftovers(body),
        body_for=held.body_for,
    )


def _inputs(value: str | list[str | int | list[int]]) -> Inputs:
    """Tell a list of texts or of token lists from a single list of tokens."""
    if isinstance(value, str):
        return (value,)
    if not value:
        raise InvalidRequest("Invalid value for 'input': expected at least one.", field="input")
    kind = type(value[0])
    for index, item in enumerate(value):
        if type(item) is not kind:
            place = f"input[{index}]"
            message = f"Invalid type for '{place}': expected the same type as in 'input[0]'."
            raise InvalidRequest(message, field=place)
    if kind is int:
        return (tuple(item for item in value if isinstance(item, int)),)
    return tuple(item if isinstance(item, str) else _tokens_of(item) for item in value)


def _tokens_of(item: int | list[int]) -> tuple[int, ...]:
    return tuple(item) if isinstance(item, list) else (item,)


def _tokens(text: str | tuple[int, ...]) -> int:
    return len(text) // CHARACTERS_PER_TOKEN if isinstance(text, str) else len(text)


def _leftovers(body: bytes) -> tuple[str, ...]:
    known = _Call.__struct_fields__
    members = read_json(_MEMBERS, body).items()
    return tuple(name for name, value in members if name not in known and value != _NULL)
