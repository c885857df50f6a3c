import json

import pytest

from turnout.infrastructure.clients.reshaping import Fields, Reshape
from turnout.infrastructure.clients.vendor import Bent


def bend(reshape: Reshape, **body: object) -> tuple[dict[str, object], tuple[str, ...]]:
    bent = reshape(json.dumps(body).encode())
    return json.loads(bent.body), bent.dropped


def test_refused_fields_go_and_are_named() -> None:
    reshape = Reshape(refused=frozenset({"user", "store", "seed"}))
    assert bend(reshape, model="m", user="u", store=None) == ({"model": "m"}, ("user",))


def test_needless_fields_just_go() -> None:
    reshape = Reshape(needless=frozenset({"stream_options"}))
    assert bend(reshape, model="m", stream_options={}) == ({"model": "m"}, ())


def test_renamed_fields_yield_to_the_vendors_own() -> None:
    reshape = Reshape(renamed={"seed": "random_seed"})
    assert bend(reshape, seed=1) == ({"random_seed": 1}, ())
    assert bend(reshape, seed=1, random_seed=2) == ({"random_seed": 2}, ())


def test_refused_fields_of_messages_go_and_are_named_by_place() -> None:
    reshape = Reshape(refused_in_messages=frozenset({"name", "refusal"}))
    messages = [{"role": "user"}, {"role": "assistant", "name": "Ann", "refusal": None}]
    bent, dropped = bend(reshape, messages=messages)
    assert bent == {"messages": [{"role": "user"}, {"role": "assistant"}]}
    assert dropped == ("messages[1].name",)


def test_developers_become_the_system() -> None:
    reshape = Reshape(developer_as_system=True)
    bent, dropped = bend(reshape, messages=[{"role": "developer", "content": "x"}])
    assert bent == {"messages": [{"role": "system", "content": "x"}]}
    assert dropped == ()


def test_messages_can_be_reworked() -> None:
    def shout(message: Fields) -> bool:
        return message.pop("whisper", None) is not None

    bent, _ = bend(Reshape(message=shout), messages=[{"role": "user", "whisper": 1}])
    assert bent == {"messages": [{"role": "user"}]}


def test_a_begun_answer_is_marked_as_one() -> None:
    reshape = Reshape(begun_answer={"prefix": True})
    begun, ended = {"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}
    bent, _ = bend(reshape, messages=[begun, ended, begun])
    assert bent == {"messages": [begun, ended, {**begun, "prefix": True}]}
    said = {**begun, "prefix": False}
    assert bend(reshape, messages=[said]) == ({"messages": [said]}, ())
    assert bend(reshape, messages=[begun, ended]) == ({"messages": [begun, ended]}, ())


@pytest.mark.parametrize(
    "body",
    [
        b'{ "model" : "m",\n"messages":[{"role":"user", "content":"\\u00e9"}] , "top_p":1.0}',
        b'{"messages":"none"}',
        b'{"messages":["a"]}',
        b"[1]",
        b"nonsense",
        b"",
    ],
)
def test_what_needs_no_bend_keeps_its_bytes(body: bytes) -> None:
    reshape = Reshape(
        refused=frozenset({"user"}),
        renamed={"seed": "random_seed"},
        refused_in_messages=frozenset({"name"}),
        developer_as_system=True,
    )
    assert reshape(body) == Bent(body)


def test_values_that_are_not_touched_keep_their_bytes() -> None:
    reshape = Reshape(refused=frozenset({"user"}))
    assert reshape(b'{"user":"u","t":1.50,"s":"\\u00e9"}').body == b'{"t":1.50,"s":"\\u00e9"}'
