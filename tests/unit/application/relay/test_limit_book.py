"""Which counters a request is held against."""

from tests.support.metered import MeteredGateway

from turnout.application.ports.limit_store import Counter, Measure
from turnout.application.relay.limit_book import LimitBook
from turnout.domain.governance.grant import Grant
from turnout.domain.governance.limit_rules import NO_LIMITS, LimitRules
from turnout.domain.governance.rate_limit import RateLimits

GRANT = Grant("ci", team="ads")
SNAPSHOT = MeteredGateway().gateway.holder.current
CHAIN, MODEL = SNAPSHOT.routes["default"], SNAPSHOT.routes["north/m"]


def test_places_come_first_and_names_are_apart() -> None:
    rules = LimitRules(
        keys={"*": RateLimits(1, 2, 3)},
        teams={"ads": RateLimits(4)},
        models={"m": RateLimits(5)},
        routes={"default": RateLimits(6)},
    )
    book = LimitBook(rules)
    own = (
        Counter("key:ci", Measure.CONCURRENT, 3),
        Counter("key:ci", Measure.REQUESTS, 1),
        Counter("key:ci", Measure.TOKENS, 2),
        Counter("team:ads", Measure.REQUESTS, 4),
    )
    assert book.counters(GRANT, CHAIN, is_chain=True) == (
        *own,
        Counter("route:default", Measure.REQUESTS, 6),
    )
    assert book.counters(GRANT, MODEL, is_chain=False) == (
        *own,
        Counter("model:m", Measure.REQUESTS, 5),
    )


def test_new_rules_are_gone_by_at_once() -> None:
    book = LimitBook(LimitRules(keys={"ci": RateLimits(1)}))
    assert book.limits(GRANT)
    assert book.counters(GRANT, CHAIN, is_chain=True)
    book.renew(NO_LIMITS)
    assert not book.limits(GRANT)
    assert not book.counters(GRANT, CHAIN, is_chain=True)


def test_a_grant_that_has_changed_is_another() -> None:
    book = LimitBook(NO_LIMITS)
    assert not book.counters(GRANT, CHAIN, is_chain=True)
    limited = Grant("ci", team="ads", limits=RateLimits(9))
    assert book.limits(limited)
    (counter,) = book.counters(limited, CHAIN, is_chain=True)
    assert counter.limit == 9
