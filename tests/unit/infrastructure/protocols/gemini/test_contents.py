from tests.support.conversations import PNG, call, model, result, user

from turnout.domain.inference.content import (
    ImagePart,
    Media,
    Message,
    ReasoningPart,
    TextPart,
    ToolCallPart,
)
from turnout.infrastructure.protocols.gemini.contents import encode_contents, encode_system
from turnout.infrastructure.protocols.gemini.generation import generation
from turnout.infrastructure.protocols.gemini.signatures import UNSIGNED, mark
from turnout.infrastructure.protocols.turns import Placed, lay_out

OLD, NEW = generation("gemini-2.5-flash"), generation("gemini-3-flash")


def contents(*messages: Message, model_: object = NEW) -> tuple[list[dict[str, object]], list[str]]:
    dropped: list[str] = []
    turns = lay_out(messages, "gemini").turns
    return encode_contents(turns, model_, dropped), dropped  # type: ignore[arg-type]


def signed(signature: str) -> ToolCallPart:
    return ToolCallPart("c", "f", "{}", {"gemini": {"thoughtSignature": signature}})


def called(id: str = "c", name: str = "f", **more: object) -> dict[str, object]:
    return {"functionCall": {"id": id, "name": name, "args": {}}, **more}


def parts_of(*messages: Message, model_: object = NEW) -> object:
    written, _ = contents(*messages, model_=model_)
    return written[1]["parts"]


def test_roles_and_texts() -> None:
    assert contents(user("a"), model("b"), user("c"))[0] == [
        {"role": "user", "parts": [{"text": "a"}]},
        {"role": "model", "parts": [{"text": "b"}]},
        {"role": "user", "parts": [{"text": "c"}]},
    ]


def test_instructions_are_text() -> None:
    assert encode_system([Placed(TextPart("a"), "p"), Placed(TextPart("b"), "q")]) == {
        "parts": [{"text": "a"}, {"text": "b"}]
    }
    assert encode_system([]) is None


def test_a_calls_signature_goes_back_with_it() -> None:
    assert parts_of(user("a"), model(signed("c2ln"), call("d", "g"))) == [
        called(thoughtSignature="c2ln"),
        called("d", "g"),
    ]


def test_the_first_call_of_a_turn_is_never_unsigned_where_that_is_refused() -> None:
    said = (user("a"), model(call("c", "f"), call("d", "f")))
    assert parts_of(*said) == [called(thoughtSignature=UNSIGNED), called("d")]
    assert parts_of(*said, model_=OLD) == [called(), called("d")]


def test_results_come_first_and_carry_the_name_of_their_function() -> None:
    written, _ = contents(
        user("a"),
        model(call("c", "f"), call("d", "g")),
        user("wait"),
        result("d", "2"),
        result("c", "1"),
    )
    assert written[2]["parts"] == [
        {"functionResponse": {"id": "d", "name": "g", "response": {"output": "2"}}},
        {"functionResponse": {"id": "c", "name": "f", "response": {"output": "1"}}},
        {"text": "wait"},
    ]


def test_a_texts_signature_goes_back_with_the_text() -> None:
    thought = ReasoningPart("hm", signature=mark("c2ln"))
    assert parts_of(user("a"), model(thought, "b", "c")) == [
        {"text": "hm", "thought": True},
        {"text": "b", "thoughtSignature": "c2ln"},
        {"text": "c"},
    ]


def test_a_signature_without_its_text_goes_back_alone() -> None:
    proof = ReasoningPart("", signature=mark("c2ln"))
    alone = {"text": "", "thoughtSignature": "c2ln"}
    assert parts_of(user("a"), model(proof)) == [alone]
    assert parts_of(user("a"), model(proof, signed("x"))) == [
        alone,
        called(thoughtSignature="x"),
    ]


def test_thinking_of_others_is_named_as_lost() -> None:
    written, dropped = contents(
        user("a"),
        model(ReasoningPart("hm", signature="theirs"), ReasoningPart("", redacted="x"), "b"),
    )
    assert written[1]["parts"] == [{"text": "b"}]
    assert dropped == ["messages[1].reasoning_content", "messages[1].reasoning_content"]


def test_a_pictures_detail_is_named_as_lost() -> None:
    picture = ImagePart(Media(None, PNG, "image/png"), "low")
    assert contents(user("a", picture))[1] == ["messages[0].content[1].detail"]


def test_neighbours_of_a_lost_turn_become_one() -> None:
    written, _ = contents(user("a"), model(ReasoningPart("", redacted="x")), user("b"))
    assert written == [{"role": "user", "parts": [{"text": "a"}, {"text": "b"}]}]


def test_pictures_of_the_model_go_back_too() -> None:
    written = parts_of(user("a"), model(ImagePart(Media(None, PNG, "image/png"))))
    assert written == [{"inlineData": {"mimeType": "image/png", "data": PNG}}]
