"""Anthropic's list of models: https://docs.anthropic.com/en/api/models-list."""

from typing import Any

from msgspec.json import encode

from turnout.interfaces.simulator.dialect import Call, Job

_DEFAULT = ("simulated-1",)


def list_models(call: Call) -> Job:
    """All models of the profile on one page."""
    models = call.profile.models or _DEFAULT
    body = {
        "data": [_described(model) for model in models],
        "has_more": False,
        "first_id": models[0],
        "last_id": models[-1],
    }
    return Job(body=encode(body))


def show_model(call: Call) -> Job:
    """The one that the path names; raises Refused."""
    call.require_model(call.model)
    return Job(model=call.model, body=encode(_described(call.model)))


def _described(model: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": model,
        "display_name": model.replace("-", " ").title(),
        "created_at": "2026-01-15T00:00:00Z",
    }
