from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.support.sharing import sharing

from turnout.domain.inference.sharing import CacheWish, Sharing
from turnout.domain.routing.cache_policy import CachePolicy, CacheRules

policies = st.builds(
    CachePolicy,
    enabled=st.booleans(),
    single_flight=st.booleans(),
    only_deterministic=st.booleans(),
    ttl_seconds=st.floats(0.1, 1e6),
)
wishes = st.builds(CacheWish, opted=st.sampled_from([None, True, False]))
calls = st.builds(
    lambda repeatable, acts, wish: sharing(repeatable=repeatable, acts=acts, wish=wish),
    st.booleans(),
    st.booleans(),
    wishes,
)
rules = st.builds(
    CacheRules,
    enabled=st.none() | st.booleans(),
    single_flight=st.none() | st.booleans(),
    only_deterministic=st.none() | st.booleans(),
    ttl_seconds=st.none() | st.floats(0.1, 1e6),
)


def test_by_default_answers_under_way_are_shared_and_none_is_kept() -> None:
    policy = CachePolicy()
    assert (policy.enabled, policy.single_flight, policy.only_deterministic) == (False, True, True)
    assert policy.admits(sharing())
    assert not policy.admits(sharing(repeatable=False))


@given(policies, calls)
def test_the_callers_own_word_decides(policy: CachePolicy, call: Sharing) -> None:
    assert not policy.admits(replace(call, wish=CacheWish(opted=False)))
    assert policy.admits(replace(call, wish=CacheWish(opted=True))) is policy.in_force


@given(policies, calls)
def test_without_a_word_what_acts_or_may_differ_is_not_shared(
    policy: CachePolicy, call: Sharing
) -> None:
    call = replace(call, wish=CacheWish())
    admitted = policy.admits(call)
    assert not (admitted and call.acts)
    assert not (admitted and policy.only_deterministic and not call.repeatable)
    assert admitted or call.acts or not policy.in_force or not call.repeatable


@given(policies, calls)
def test_a_policy_that_is_off_admits_nothing(policy: CachePolicy, call: Sharing) -> None:
    off = replace(policy, enabled=False, single_flight=False)
    assert not off.in_force
    assert not off.admits(call)


@given(policies, rules)
def test_a_chain_changes_what_it_names_and_nothing_else(
    policy: CachePolicy, own: CacheRules
) -> None:
    changed = policy.under(own)
    for name in ("enabled", "single_flight", "only_deterministic", "ttl_seconds"):
        given_value = getattr(own, name)
        usual = getattr(policy, name)
        assert getattr(changed, name) == (usual if given_value is None else given_value)


@given(rules)
def test_rules_are_kept_by_what_is_given(own: CacheRules) -> None:
    assert CacheRules.of(own.given()) == own
    assert None not in own.given().values()


@given(policies)
def test_a_chain_without_rules_changes_nothing(policy: CachePolicy) -> None:
    assert policy.under(None) is policy
    assert policy.under(CacheRules()) == policy
