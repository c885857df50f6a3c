import pytest
from tests.support.simulators import call

from turnout.interfaces.simulator.dialect import PromptCache, Refused
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.prompt import CacheMark


def test_a_profile_without_models_knows_all() -> None:
    call({}).require_model("any")


def test_an_unknown_model_is_refused() -> None:
    one = call({}, profile=Profile(models=("known",)))
    one.require_model("known")
    with pytest.raises(Refused) as caught:
        one.require_model("other")
    assert (caught.value.failure.kind, caught.value.failure.model) == (ErrorKind.NOT_FOUND, "other")


def test_the_cache_reads_the_longest_prefix_it_knows_and_keeps_the_rest() -> None:
    cache = PromptCache()
    short, long = CacheMark("short", 10), CacheMark("long", 30)
    assert cache.touch(()) == (0, 0)
    assert cache.touch((short,)) == (0, 10)
    assert cache.touch((short, long)) == (10, 20)
    assert cache.touch((short, long)) == (30, 0)
    cache.clear()
    assert cache.touch((short, long)) == (0, 30)
