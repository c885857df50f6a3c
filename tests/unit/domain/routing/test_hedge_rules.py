import pytest

from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.shared.errors import DomainError


@pytest.mark.parametrize(
    ("given", "code"),
    [({"after_seconds": 0}, "hedge.not_positive"), ({"most_share": 1.1}, "hedge.not_a_share")],
)
def test_rules_that_make_no_sense_are_refused_by_name(given: dict[str, float], code: str) -> None:
    with pytest.raises(DomainError, match=next(iter(given))) as caught:
        HedgeRules(**given)
    assert caught.value.code == code
