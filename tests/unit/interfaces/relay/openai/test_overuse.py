from turnout.application.ports.limit_store import Counter, Measure, Verdict
from turnout.application.relay.overuse import BudgetSpent, BudgetUnknown, LimitReached
from turnout.domain.inference.metering import Remaining
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.openai.overuse import overuse_refusal

ID = RequestId("req_1")


def test_a_limit_tells_when_to_come_back_and_how_it_stands() -> None:
    verdict = Verdict(None, 0.2, Remaining(1, 0, 60.0))
    refusal = overuse_refusal(LimitReached(ID, Counter("key:a", Measure.REQUESTS, 1), verdict))
    headers = dict(refusal.headers)
    assert (refusal.status, refusal.code) == (429, "rate_limit_exceeded")
    assert (headers["retry-after"], headers["x-ratelimit-remaining-requests"]) == ("1", "0")


def test_places_have_a_code_of_their_own() -> None:
    counter = Counter("key:a", Measure.CONCURRENT, 1)
    refusal = overuse_refusal(LimitReached(ID, counter, Verdict(wait_seconds=1.0)))
    assert refusal.code == "too_many_concurrent_requests"


def test_budgets() -> None:
    spent = overuse_refusal(BudgetSpent(ID, "spent", 90.1))
    assert (spent.status, spent.type, spent.code) == (429, "insufficient_quota", "budget_spent")
    assert dict(spent.headers)["retry-after"] == "91"
    assert overuse_refusal(BudgetUnknown(ID)).status == 503
