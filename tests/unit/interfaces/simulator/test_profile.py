from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from turnout.interfaces.simulator.billing import Price
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.profile import (
    ErrorKind,
    Fault,
    Profile,
    described,
    revised,
)

BAD = {
    "name": "",
    "protocols": ["smtp"],
    "models": [1],
    "seed": "x",
    "first_token_delay_seconds": -1,
    "token_delay_seconds": float("inf"),
    "error_rate": 1.5,
    "error_kinds": ["explode"],
    "retry_after_seconds": 0.5,
    "retry_after_as_date": 1,
    "drip_delay_seconds": -1,
    "overlong_bytes": 0.5,
    "rejects_prefill": "no",
    "requests_per_window": 0,
    "requests_at_once": 0,
    "crowd_delay_seconds": -1,
    "tokens_per_window": True,
    "window_seconds": 0,
    "price": "cheap",
    "answer": 7,
    "answer_tokens": 0,
    "require_key": "",
    "record": True,
}


@pytest.mark.parametrize("field", BAD)
def test_a_value_that_cannot_be_meant_is_named(field: str) -> None:
    with pytest.raises(FieldFault) as caught:
        revised(Profile(), {field: BAD[field]})
    assert caught.value.field == field
    assert repr(caught.value.value) in str(caught.value)
    assert caught.value.expected in str(caught.value)


def test_every_field_has_a_rule() -> None:
    assert BAD.keys() == described(Profile()).keys()


def test_an_unknown_field_is_told_with_the_known_ones() -> None:
    with pytest.raises(FieldFault, match=r"eror_rate: found 1, expected .*error_rate"):
        revised(Profile(), {"eror_rate": 1})


def test_revising_keeps_what_is_not_named() -> None:
    profile = revised(Profile(name="alpha", seed=3), {"models": ["m"], "error_rate": 1})
    assert profile == Profile(name="alpha", seed=3, models=("m",), error_rate=1)


def test_what_is_described_can_be_put_back() -> None:
    profile = Profile(
        require_key="k-1",
        models=("m",),
        error_kinds=("cut_after_tokens=2",),
        price=Price(input=Decimal("0.25"), output=Decimal(2)),
    )
    shown = described(profile)
    assert shown["require_key"] == "***"
    assert revised(profile, shown) == profile
    assert revised(profile, msgspec.json.decode(msgspec.json.encode(shown))) == profile


@pytest.mark.parametrize(
    ("price", "field"),
    [
        ({"input": 1}, "price.output"),
        ({"input": 1, "output": "much"}, "price.output"),
        ({"input": 1, "output": 1, "reasoning": 1}, "price.reasoning"),
        ({"input": 1, "output": -1}, "price"),
    ],
)
def test_a_price_is_read_to_the_field(price: object, field: str) -> None:
    with pytest.raises(FieldFault) as caught:
        revised(Profile(), {"price": price})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("silent", Fault(ErrorKind.SILENT)),
        ("cut_after_tokens=0", Fault(ErrorKind.CUT_AFTER_TOKENS, 0)),
        ("stall=1", Fault(ErrorKind.STALL, 1)),
        ("cut_after_tokens=12", Fault(ErrorKind.CUT_AFTER_TOKENS, 12)),
    ],
)
def test_faults_are_read(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault


@pytest.mark.parametrize("text", ["", "cut_after_tokens", "silent=2", "cut_after_tokens=x"])
def test_no_fault(text: str) -> None:
    with pytest.raises(FieldFault, match="error_kinds"):
        replace(Profile(), error_kinds=(text,))
