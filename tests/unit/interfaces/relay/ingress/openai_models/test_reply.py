"""Model objects."""

import json

from openai.types import Model
from tests.fakes.relay import FakeModel

from turnout.interfaces.relay.ingress.openai_models.reply import model_body, models_body

CHAIN = FakeModel("default", "chain")
MODEL = FakeModel("openai/gpt-4", capabilities=("chat",), max_output_tokens=4096)


def test_the_list_is_openais() -> None:
    body = json.loads(models_body([CHAIN, MODEL]))
    assert body["object"] == "list"
    models = [Model.model_validate(item, strict=True) for item in body["data"]]
    assert [model.id for model in models] == ["default", "openai/gpt-4"]


def test_a_model_tells_what_it_offers() -> None:
    assert json.loads(model_body(MODEL)) == {
        "id": "openai/gpt-4",
        "object": "model",
        "created": 0,
        "owned_by": "openai",
        "kind": "model",
        "capabilities": ["chat"],
        "context_window": 8192,
        "max_output_tokens": 4096,
    }
