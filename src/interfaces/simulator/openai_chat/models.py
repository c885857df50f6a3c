"""OpenAI's list of models: https://platform.openai.com/docs/api-reference/models."""

from typing import Any

from msgspec.json import encode

from turnout.interfaces.simulator.dialect import Call, Job

_DEFAULT = ("simulated-1",)
_CREATED = 1_750_000_000


def list_models(call: Call) -> Job:
    """All models of the profile, or one made-up one where it knows all."""
    models = call.profile.models or _DEFAULT
    data = [_described(model, call.profile.name) for model in models]
    return Job(body=encode({"object": "list", "data": data}))


def show_model(call: Call) -> Job:
    """The one that the path names; raises Refused."""
    call.require_model(call.model)
    return Job(model=call.model, body=encode(_described(call.model, call.profile.name)))


def _described(model: str, owner: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": _CREATED, "owned_by": owner}
