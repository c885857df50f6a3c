import pytest

from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.errors import DomainError


def test_the_key_is_what_requests_have_in_common_unless_told_otherwise() -> None:
    assert Stickiness() == Stickiness(StickyBy.KEY)
    assert Stickiness(StickyBy.HEADER, "x-session").header == "x-session"


@pytest.mark.parametrize(
    ("by", "header"),
    [(StickyBy.HEADER, None), (StickyBy.HEADER, ""), (StickyBy.KEY, "x-session")],
)
def test_a_header_is_named_exactly_where_it_is_compared(by: StickyBy, header: str | None) -> None:
    with pytest.raises(DomainError, match=r"sticky\.header") as caught:
        Stickiness(by, header)
    assert caught.value.code == "stickiness.header"
