import pytest

from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.shared.errors import DomainError


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"most": 0}, "concurrency.too_small"),
        ({"queue": -1}, "concurrency.too_small"),
        ({"queue_seconds": 0}, "concurrency.not_positive"),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_name(given: dict[str, int], code: str) -> None:
    with pytest.raises(DomainError, match=next(iter(given))) as caught:
        ConcurrencyRules(**given)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_queue_of_none_is_allowed() -> None:
    assert ConcurrencyRules(queue=0).queue == 0
