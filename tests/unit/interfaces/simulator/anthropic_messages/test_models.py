from tests.support.simulators import body_of, call, refusal

from turnout.interfaces.simulator.anthropic_messages.models import list_models, show_model
from turnout.interfaces.simulator.profile import ErrorKind, Profile

PROFILE = Profile(models=("claude-a", "claude-b"))


def test_the_list_is_one_page() -> None:
    page = body_of(list_models(call({}, profile=PROFILE)))
    assert [(one["id"], one["display_name"]) for one in page["data"]] == [
        ("claude-a", "Claude A"),
        ("claude-b", "Claude B"),
    ]
    assert (page["has_more"], page["first_id"], page["last_id"]) == (False, "claude-a", "claude-b")
    assert body_of(list_models(call({})))["data"]


def test_one_model() -> None:
    assert body_of(show_model(call({}, profile=PROFILE, model="claude-b")))["id"] == "claude-b"
    failure = refusal(show_model, call({}, profile=PROFILE, model="c")).failure
    assert failure.kind is ErrorKind.NOT_FOUND
