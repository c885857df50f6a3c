from turnout.application.ports.response_cache import CacheKey
from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.valkey.answer_names import answer_name

KEY = CacheKey("tenant", WireProtocol.OPENAI_CHAT, "default", b"print")


def test_what_runs_together_is_told_apart_and_nothing_can_be_read() -> None:
    shifted = KEY._replace(route="defaultp", fingerprint=b"rint")
    assert answer_name(KEY) != answer_name(shifted)
    assert answer_name(KEY) == answer_name(KEY._replace())
    assert "tenant" not in answer_name(KEY)
