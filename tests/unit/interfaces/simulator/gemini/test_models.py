from tests.support.simulators import body_of, call, refusal

from turnout.interfaces.simulator.gemini.models import list_models, show_model
from turnout.interfaces.simulator.profile import ErrorKind, Profile

PROFILE = Profile(models=("gemini-a", "gemini-b"))


def test_the_list_holds_the_profiles_models() -> None:
    models = body_of(list_models(call({}, profile=PROFILE)))["models"]
    assert [one["name"] for one in models] == ["models/gemini-a", "models/gemini-b"]
    assert "generateContent" in models[0]["supportedGenerationMethods"]
    assert body_of(list_models(call({})))["models"]


def test_one_model() -> None:
    one = body_of(show_model(call({}, profile=PROFILE, model="gemini-b")))
    assert one["name"] == "models/gemini-b"
    failure = refusal(show_model, call({}, profile=PROFILE, model="c")).failure
    assert failure.kind is ErrorKind.NOT_FOUND
