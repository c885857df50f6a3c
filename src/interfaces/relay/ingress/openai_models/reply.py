"""Names that callers may use, as OpenAI's model objects.

Source: OpenAI's `GET /v1/models`; `kind`, `capabilities` and the lengths are Turnout's own.
"""

from collections.abc import Iterable

import msgspec

from turnout.interfaces.relay.use_cases import ListedModel


def models_body(models: Iterable[ListedModel]) -> bytes:
    """Return the list of all."""
    return msgspec.json.encode({"object": "list", "data": [_fields(model) for model in models]})


def model_body(model: ListedModel) -> bytes:
    """Return one."""
    return msgspec.json.encode(_fields(model))


def _fields(model: ListedModel) -> dict[str, object]:
    return {
        "id": model.id,
        "object": "model",
        "created": 0,
        "owned_by": model.owned_by,
        "kind": model.kind,
        "capabilities": list(model.capabilities),
        "context_window": model.context_window,
        "max_output_tokens": model.max_output_tokens,
    }
