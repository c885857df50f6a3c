from typing import Any

from tests.support.simulators import body_of, call, refusal

from turnout.interfaces.simulator.gemini.embeddings import batch_embed_contents, embed_content
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.vectors import vector_of


def asked(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": "models/e", "content": {"parts": [{"text": text}]}, **fields}


def test_one_text() -> None:
    job = embed_content(call(asked("four"), model="e"))
    assert len(body_of(job)["embedding"]["values"]) == 3072
    assert body_of(job)["usageMetadata"]["promptTokenCount"] == job.tokens.prompt == 2


def test_several_texts() -> None:
    requests = [asked("a", outputDimensionality=4), asked("b", outputDimensionality=4)]
    job = batch_embed_contents(call({"requests": requests}, model="e"))
    values = [one["values"] for one in body_of(job)["embeddings"]]
    assert values == [vector_of("a", 4), vector_of("b", 4)]


def test_faults() -> None:
    none = call({"requests": []}, model="e")
    assert refusal(batch_embed_contents, none).failure.field == "requests"
    one = call(asked("a"), model="e", profile=Profile(models=("m",)))
    assert refusal(embed_content, one).failure.model == "e"
