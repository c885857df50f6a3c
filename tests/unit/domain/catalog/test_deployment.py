import pytest

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability, Requirement
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId

P = ProviderId("p")


def test_what_is_missing_is_named() -> None:
    misfit = Deployment(P, "m", "m", UNKNOWN_MODEL).misfit(
        Requirement(frozenset({Capability.VISION, Capability.AUDIO, Capability.CHAT}))
    )
    assert misfit is not None
    assert (misfit.rule, misfit.detail) == ("capability", "p/m does not offer audio, vision")


@pytest.mark.parametrize(("tokens", "fits"), [(8192, True), (8193, False)])
def test_a_prompt_must_fit_the_window(tokens: int, fits: bool) -> None:
    deployment = Deployment(P, "m", "m", UNKNOWN_MODEL, context_window=8192)
    assert (deployment.misfit(Requirement(frozenset(), tokens)) is None) is fits


def test_an_unknown_window_holds_anything() -> None:
    assert Deployment(P, "m", "m", UNKNOWN_MODEL).misfit(Requirement(frozenset(), 10**9)) is None


def test_id_and_names() -> None:
    deployment = Deployment(P, "org/m", "m", UNKNOWN_MODEL, aliases=("a", "b"))
    assert deployment.id == "p/org/m"
    assert deployment.names == ("org/m", "a", "b")


@pytest.mark.parametrize("bad", [{"model": " "}, {"upstream": ""}])
def test_empty_names_are_refused(bad: dict[str, str]) -> None:
    names = {"model": "m", "upstream": "m"} | bad
    with pytest.raises(DomainError, match="empty name"):
        Deployment(P, names["model"], names["upstream"], UNKNOWN_MODEL)


def test_an_impossible_length_is_refused() -> None:
    with pytest.raises(DomainError, match="context_window is 0"):
        Deployment(P, "m", "m", UNKNOWN_MODEL, context_window=0)
