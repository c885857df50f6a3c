"""docs/api.md has every path, every header and every error."""

import re
from inspect import getsource

import pytest

from tests.docs.pages import page, rows, words
from tests.support.control import FakeControl
from turnout.application.ports.limit_store import Counter, Measure, Verdict
from turnout.application.relay.answers import (
    NoRoom,
    NoTargetFits,
    RelayFailed,
    RescueDiverged,
    UnknownModel,
)
from turnout.application.relay.overuse import BudgetSpent, BudgetUnknown, LimitReached
from turnout.domain.governance.grant import AccessDenied, AccessUnknown
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.domain.routing.route_plan import Drop, RoutePlan
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay import exchange
from turnout.interfaces.relay.app import DataPlane
from turnout.interfaces.relay.openai import failures
from turnout.interfaces.relay.openai.refusal import Refusal
from turnout.interfaces.relay.rsgi.body import BodyCut, BodyTooLarge
from turnout.interfaces.relay.rsgi.in_flight import Interruption
from turnout.interfaces.relay.rsgi.outflow import CallerStalled

DATA, _, CONTROL = page("api.md").partition("## Control plane")
ID = RequestId("req_1")


def plan(rule: str) -> RoutePlan:
    return RoutePlan("default", (), (Drop("a", 0, rule, ""),))


def unavailable() -> RelayFailed:
    failure = ProviderFailure(FailureKind.OVERLOADED, "")
    error = RelayFailed(ID, "default", (failure,), ("a/m",))
    error.last_resort, error.unavailable_seconds = True, 1.0
    return error


ERRORS: list[Exception] = [
    *(ProviderFailure(kind, "") for kind in FailureKind),
    AccessDenied(""),
    AccessUnknown(""),
    BodyCut(),
    BodyTooLarge(1),
    CallerStalled(),
    InvalidRequest(""),
    NoRoom(ID, plan(""), 1.0, rate_limited=False),
    NoRoom(ID, plan(""), 1.0, rate_limited=True),
    NoTargetFits(ID, plan("capability")),
    NoTargetFits(ID, plan("provider_disabled")),
    RecursionError(),
    RescueDiverged(),
    UnknownModel(ID, "", ()),
    LimitReached(ID, Counter("key:a", Measure.REQUESTS, 1), Verdict()),
    LimitReached(ID, Counter("key:a", Measure.CONCURRENT, 1), Verdict()),
    BudgetSpent(ID, "", 1.0),
    BudgetUnknown(ID),
    unavailable(),
]


def refusals() -> list[Refusal]:
    told = [failures.refusal_of(error) for error in ERRORS]
    told += [failures.interruption_refusal(why) for why in Interruption]
    told += [failures.INTERNAL_ERROR, failures.unknown_path("GET", "/")]
    told += [failures.wrong_method("GET", "/", "POST"), failures.unlisted_model("m")]
    return [refusal for refusal in told if refusal is not None]


def test_every_error_of_the_data_plane_is_listed_and_no_other() -> None:
    listed = {
        (int(cells[0]), words(cells[1])[0], next(iter(words(cells[2])), None))
        for _, cells in rows(DATA, "status")
    }
    assert listed == {(refusal.status, refusal.type, refusal.code) for refusal in refusals()}


def test_no_code_was_forgotten_above() -> None:
    named = set(re.findall(r'code="(\w+)"', getsource(failures)))
    assert named <= {refusal.code for refusal in refusals()}


def test_every_header_of_an_answer_is_listed() -> None:
    listed = {
        words(cells[0])[0]
        for heading, cells in rows(DATA, "header")
        if heading == "Headers of an answer"
    }
    assert listed == set(re.findall(r'"(x-turnout-[a-z-]+)"', getsource(exchange)))


def test_every_path_of_the_data_plane_is_listed() -> None:
    listed = {words(cells[0])[0] for _, cells in rows(DATA, "request")}
    named = set(re.findall(r'\("([A-Z]+)", "(/[^"]+)"\)', getsource(DataPlane)))
    assert listed == {f"{method} {path}" for method, path in named} | {"GET /v1/models/{name}"}


@pytest.fixture
def control_paths() -> set[str]:
    paths = FakeControl().app().openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_path_of_the_control_plane_is_listed(control_paths: set[str]) -> None:
    assert {words(cells[0])[0] for _, cells in rows(CONTROL, "request")} == control_paths
