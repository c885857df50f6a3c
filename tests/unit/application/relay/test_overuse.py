"""The words of refusals."""

import pytest

from turnout.application.ports.limit_store import Counter, Measure, Verdict
from turnout.application.relay.overuse import BudgetUnknown, LimitReached
from turnout.domain.shared.ids import RequestId

ID = RequestId("req_1")


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure.REQUESTS, "team is reached: 3 requests a minute"),
        (Measure.TOKENS, "3 tokens a minute"),
        (Measure.CONCURRENT, "3 requests at once"),
    ],
)
def test_the_limit_is_named_and_not_whose_it_is(measure: Measure, words: str) -> None:
    refused = LimitReached(ID, Counter("team:secret", measure, 3), Verdict())
    assert words in refused.message
    assert "secret" not in refused.message


def test_an_unknown_budget_can_be_tried_again() -> None:
    assert "try again" in BudgetUnknown(ID).message
