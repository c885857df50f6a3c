from tests.support.simulators import body_of, call, refusal

from turnout.interfaces.simulator.openai_chat.models import list_models, show_model
from turnout.interfaces.simulator.profile import ErrorKind, Profile

PROFILE = Profile(name="alpha", models=("a", "b"))


def test_the_list_holds_the_profiles_models() -> None:
    reply = body_of(list_models(call({}, profile=PROFILE)))
    assert reply["object"] == "list"
    assert [(one["id"], one["owned_by"]) for one in reply["data"]] == [
        ("a", "alpha"),
        ("b", "alpha"),
    ]
    assert body_of(list_models(call({})))["data"]


def test_one_model() -> None:
    assert body_of(show_model(call({}, profile=PROFILE, model="b")))["id"] == "b"
    failure = refusal(show_model, call({}, profile=PROFILE, model="c")).failure
    assert failure.kind is ErrorKind.NOT_FOUND
