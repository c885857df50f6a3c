"""The model list through a data plane in memory."""

import json

import pytest
from tests.fakes.relay import FakeAdmission, FakeModel
from tests.support.data_plane import FakeUseCases, ask

MODELS = (FakeModel("default", "chain"), FakeModel("openai/gpt-4"))


async def test_all_are_listed() -> None:
    answered = await ask(FakeUseCases(models=MODELS).plane(), "GET", "/v1/models")
    assert answered.status == 200
    assert [model["id"] for model in json.loads(answered.body or b"")["data"]] == [
        "default",
        "openai/gpt-4",
    ]


@pytest.mark.parametrize("name", ["default", "openai/gpt-4"])
async def test_one_is_found_by_its_name_with_slashes(name: str) -> None:
    answered = await ask(FakeUseCases(models=MODELS).plane(), "GET", f"/v1/models/{name}")
    assert json.loads(answered.body or b"")["id"] == name


async def test_what_is_not_listed_is_not_found() -> None:
    answered = await ask(FakeUseCases(models=MODELS).plane(), "GET", "/v1/models/openai/gpt-5")
    assert answered.status == 404
    assert json.loads(answered.body or b"")["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/default"])
async def test_the_list_is_for_those_with_a_key(path: str) -> None:
    plane = FakeUseCases(models=MODELS, admission=FakeAdmission("secret")).plane()
    assert (await ask(plane, "GET", path)).status == 401
    assert (await ask(plane, "GET", path, authorization="Bearer secret")).status == 200
