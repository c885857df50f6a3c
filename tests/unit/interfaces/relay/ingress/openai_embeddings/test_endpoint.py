"""Embedding calls through a data plane in memory."""

import json

from tests.fakes.relay import FakeAdmission
from tests.support.data_plane import FakeUseCases, ask

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import EmbeddingReply

PATH = "/v1/embeddings"
CALL = b'{"model":"e","input":["a","b"],"encoding_format":"base64"}'


async def test_native_vectors_go_through() -> None:
    use_cases = FakeUseCases()
    answered = await ask(use_cases.plane(), "POST", PATH, CALL)
    assert (answered.status, answered.body) == (200, b'{"data":[]}')
    assert answered.headers["x-turnout-model"] == "gpt-4"
    assert use_cases.embeddings.requests[0].inputs == ("a", "b")


async def test_canonical_vectors_are_written_as_asked_for() -> None:
    use_cases = FakeUseCases()
    use_cases.embeddings.answer = EmbeddingReply("e", ((0.5,),), None)
    answered = await ask(use_cases.plane(), "POST", PATH, CALL)
    assert json.loads(answered.body or b"")["data"][0]["embedding"] == "AAAAPw=="


async def test_failures_and_denials_are_told() -> None:
    use_cases = FakeUseCases(admission=FakeAdmission("secret"))
    use_cases.embeddings.answer = ProviderFailure(FailureKind.TIMEOUT, "late")
    plane = use_cases.plane()
    assert (await ask(plane, "POST", PATH, CALL)).status == 401
    answered = await ask(plane, "POST", PATH, CALL, authorization="Bearer secret")
    assert answered.status == 504
