from tests.support.conversations import call, model, result, system, user

from turnout.domain.inference.content import Message, RefusalPart, Role, TextPart, ToolResultPart
from turnout.infrastructure.protocols.turns import Dialogue, foreign_fields, lay_out

MINE = {"mine": {"mark": 1}}
THEIRS = {"theirs": {"mark": 2, "other": 3}}


def laid_out(*messages: Message) -> Dialogue:
    return lay_out(messages, "mine")


def texts(dialogue: Dialogue) -> list[tuple[bool, list[str]]]:
    return [
        (turn.by_model, [p.part.text for p in turn.placed if isinstance(p.part, TextPart)])
        for turn in dialogue.turns
    ]


def test_opening_instructions_stand_apart_in_their_order() -> None:
    developer = Message(Role.DEVELOPER, (TextPart("b"), TextPart("c")))
    dialogue = laid_out(system("a"), developer, user("d"))
    assert [p.path for p in dialogue.system] == [
        "messages[0].content[0]",
        "messages[1].content[0]",
        "messages[1].content[1]",
    ]
    assert texts(dialogue) == [(False, ["d"])]


def test_later_instructions_keep_their_place_as_marked_text_of_the_user() -> None:
    dialogue = laid_out(user("a"), model("b"), system("c"), user("d"))
    assert texts(dialogue) == [
        (False, ["a"]),
        (True, ["b"]),
        (False, ["<system>\nc\n</system>", "d"]),
    ]


def test_instructions_alone_are_what_the_user_says() -> None:
    dialogue = laid_out(system("a"))
    assert (dialogue.system, texts(dialogue)) == ((), [(False, ["a"])])


def test_neighbours_of_one_speaker_share_a_turn() -> None:
    dialogue = laid_out(
        user("a"), user("b"), model("c"), model(call("1")), result("1", "r"), user("d")
    )
    assert [(turn.by_model, len(turn.placed)) for turn in dialogue.turns] == [
        (False, 2),
        (True, 2),
        (False, 2),
    ]


def test_what_is_empty_has_no_place_and_a_refusal_is_text() -> None:
    dialogue = laid_out(user("", "a"), model(RefusalPart("no"), RefusalPart("")), user(""))
    assert texts(dialogue) == [(False, ["a"]), (True, ["no"])]
    assert dialogue.turns[0].placed[0].path == "messages[0].content[1]"


def test_paths_are_the_callers() -> None:
    said = laid_out(user("a"), model("b", call("1"), call("2")), result("1", "r"))
    paths = [placed.path for turn in said.turns for placed in turn.placed]
    assert paths == [
        "messages[0].content[0]",
        "messages[1].content[0]",
        "messages[1].tool_calls[0]",
        "messages[1].tool_calls[1]",
        "messages[2]",
    ]


def test_what_is_said_to_the_protocol_stays_and_what_is_said_to_others_is_named() -> None:
    inner = ToolResultPart("1", (TextPart("r", THEIRS),))
    said = laid_out(
        Message(Role.USER, (TextPart("a", MINE), TextPart("b", THEIRS)), "Ann", MINE | THEIRS),
        Message(Role.TOOL, (inner,)),
    )
    assert [placed.own for placed in said.turns[0].placed] == [{"mark": 1}, {"mark": 1}, {}]
    assert said.dropped == (
        "messages[0].name",
        "messages[0].mark",
        "messages[0].other",
        "messages[0].content[1].mark",
        "messages[0].content[1].other",
        "messages[1].content[0].mark",
        "messages[1].content[0].other",
    )


def test_a_parts_own_word_weighs_more_than_its_messages() -> None:
    part = TextPart("a", {"mine": {"mark": "part"}})
    said = laid_out(Message(Role.USER, (part,), extras={"mine": {"mark": "message", "more": 1}}))
    assert said.turns[0].placed[0].own == {"mark": "part", "more": 1}


def test_foreign_fields() -> None:
    assert foreign_fields(MINE | THEIRS, "p", "mine") == ["p.mark", "p.other"]
