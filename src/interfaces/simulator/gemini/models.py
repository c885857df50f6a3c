"""Gemini's list of models: https://ai.google.dev/api/models."""

from typing import Any

from msgspec.json import encode

from turnout.interfaces.simulator.dialect import Call, Job

_DEFAULT = ("simulated-1",)
_CONTENT_TYPE = "application/json; charset=UTF-8"


def list_models(call: Call) -> Job:
    """All models of the profile on one page."""
    models = [_described(model) for model in call.profile.models or _DEFAULT]
    return Job(body=encode({"models": models}), content_type=_CONTENT_TYPE)


def show_model(call: Call) -> Job:
    """The one that the path names; raises Refused."""
    call.require_model(call.model)
    body = encode(_described(call.model))
    return Job(model=call.model, body=body, content_type=_CONTENT_TYPE)


def _described(model: str) -> dict[str, Any]:
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model.replace("-", " ").title(),
        "description": "A simulated model",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": [
            "generateContent",
            "countTokens",
            "embedContent",
            "batchEmbedContents",
        ],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }
