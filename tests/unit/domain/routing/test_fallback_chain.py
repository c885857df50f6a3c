import pytest

from turnout.domain.inference.failure import FailureKind, MovesOn
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.events import (
    FallbackChainDefined,
    FallbackChainRemoved,
    FallbackChainRevised,
)
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target, moves_on
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId, ProviderId

CHAIN = ChainId("default")
OPENAI = Target(ProviderId("openai"))
GOOGLE = Target(ProviderId("google"), "gemini-2.5-pro")


def test_a_target_is_read_up_to_the_first_slash() -> None:
    target = Target.parse("openrouter/meta-llama/llama-3", weight=3)
    assert (target.provider, target.model, target.weight) == ("openrouter", "meta-llama/llama-3", 3)
    assert str(target) == "openrouter/meta-llama/llama-3"
    assert Target.parse("openai") == OPENAI


def test_defining_revising_and_removing_are_remembered() -> None:
    chain = FallbackChain.define(CHAIN, ChainRules(((OPENAI,),)))
    changed = chain.revise(ChainRules(((OPENAI,), (GOOGLE,)), max_attempts=2))
    chain.remove()
    assert changed == ("tiers", "max_attempts")
    assert chain.providers == {"openai", "google"}
    assert chain.collect() == (
        FallbackChainDefined(CHAIN),
        FallbackChainRevised(CHAIN, ("tiers", "max_attempts")),
        FallbackChainRemoved(CHAIN),
    )


def test_revising_to_the_same_rules_is_no_event() -> None:
    chain = FallbackChain.define(CHAIN, ChainRules(((OPENAI,),)))
    chain.collect()
    assert chain.revise(ChainRules(((OPENAI,),))) == ()
    assert chain.collect() == ()


@pytest.mark.parametrize(
    ("id", "rules", "code"),
    [
        (CHAIN, ChainRules(()), "chain.empty"),
        (CHAIN, ChainRules(((OPENAI,), ())), "chain.empty"),
        (CHAIN, ChainRules(((OPENAI,), (OPENAI,))), "chain.duplicate_target"),
        (CHAIN, ChainRules(((Target(ProviderId("a"), "m", 0),),)), "chain.weight"),
        (CHAIN, ChainRules(((Target(ProviderId("a"), ""),),)), "chain.target"),
        (CHAIN, ChainRules(((OPENAI,),), deadline_seconds=0), "chain.deadline"),
        (CHAIN, ChainRules(((OPENAI,),), max_attempts=0), "chain.max_attempts"),
        (CHAIN, ChainRules(((OPENAI,),), cache=CacheRules(ttl_seconds=0)), "chain.cache_ttl"),
        (CHAIN, ChainRules(((OPENAI,),), sticky=Stickiness()), "chain.sticky"),
        (ChainId("a/b"), ChainRules(((OPENAI,),)), "chain.name"),
    ],
)
def test_rules_that_make_no_sense_are_refused(id: ChainId, rules: ChainRules, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        FallbackChain.define(id, rules)
    assert refused.value.code == code


def test_requests_stick_by_the_prompt_unless_the_chain_says_otherwise() -> None:
    def stickiness(strategy: Strategy, sticky: Stickiness | None = None) -> Stickiness | None:
        rules = ChainRules(((OPENAI,),), strategy, sticky=sticky)
        return FallbackChain.define(CHAIN, rules).rules.stickiness

    assert stickiness(Strategy.STICKY) == Stickiness(StickyBy.PROMPT_PREFIX)
    assert stickiness(Strategy.STICKY, Stickiness(StickyBy.KEY)) == Stickiness(StickyBy.KEY)
    assert stickiness(Strategy.WEIGHTED) is None


def test_refused_rules_leave_the_chain_as_it_was() -> None:
    chain = FallbackChain.define(CHAIN, ChainRules(((OPENAI,),)))
    with pytest.raises(DomainError):
        chain.revise(ChainRules(()))
    assert chain.rules == ChainRules(((OPENAI,),))


def test_without_a_list_the_table_decides() -> None:
    assert moves_on(None, FailureKind.OVERLOADED) is MovesOn.ALWAYS
    assert moves_on(None, FailureKind.BAD_REQUEST) is MovesOn.NEVER
    assert moves_on(None, FailureKind.CONTEXT_TOO_LONG) is MovesOn.IF_LARGER


def test_a_list_is_the_whole_list() -> None:
    on = frozenset({FailureKind.CONTENT_REFUSED, FailureKind.CONTEXT_TOO_LONG})
    assert moves_on(on, FailureKind.CONTENT_REFUSED) is MovesOn.ALWAYS
    assert moves_on(on, FailureKind.CONTEXT_TOO_LONG) is MovesOn.IF_LARGER
    assert moves_on(on, FailureKind.OVERLOADED) is MovesOn.NEVER
