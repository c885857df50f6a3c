"""What a request may cost at most."""

from decimal import Decimal

from tests.support.metered import MeteredGateway

from turnout.application.relay.dearest import PriceBook
from turnout.domain.catalog.price import Price
from turnout.domain.inference.capability import Requirement

NEEDS = Requirement(frozenset(), 10, 4)


def test_the_dearest_target_counts_and_a_cached_token_never_makes_it_cheaper() -> None:
    prices = {
        "north": Price(Decimal(1), Decimal(2), Decimal("0.1"), Decimal("1.25")),
        "south": Price(Decimal("0.5"), Decimal(4)),
    }
    holder = MeteredGateway(prices=dict(prices)).gateway.holder
    dearest = PriceBook().of(holder.current, holder.current.routes["default"])
    assert dearest.is_known
    assert dearest.amount(NEEDS) == 10 * 1250 + 4 * 4000
    assert dearest.amount_at("south", NEEDS) == 10 * 500 + 4 * 4000


def test_an_unknown_price_is_nothing_and_told() -> None:
    holder = MeteredGateway(prices={"north": None}).gateway.holder
    book = PriceBook()
    dearest = book.of(holder.current, holder.current.routes["default"])
    assert not dearest.is_known
    assert dearest.amount_at("north", NEEDS) == 0
    assert book.of(holder.current, holder.current.routes["default"]) is dearest
