from datetime import date

import pytest

from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.config.entry import EntryReader

READER = EntryReader(vendors={}, today=lambda: date(2026, 1, 1))
WEST = ProviderId("west")
ENTRY = {"protocol": "openai_chat", "base_url": "http://127.0.0.1:1/v1", "models": ["m"]}


def test_an_entry_is_read_as_the_file_would_be() -> None:
    settings = READER(WEST, ENTRY)
    assert [deployment.model for deployment in settings.deployments] == ["m"]


def test_all_faults_of_an_entry_are_told_by_their_place_in_it() -> None:
    with pytest.raises(DomainError) as refused:
        READER(WEST, {**ENTRY, "weight": "heavy", "prioritee": 1})
    assert refused.value.code == "provider.entry"
    told = str(refused.value)
    assert "weight: found 'heavy'" in told
    assert "prioritee: " in told
    assert "ai_providers" not in told


def test_a_vendor_that_nobody_knows_needs_a_protocol() -> None:
    with pytest.raises(DomainError, match="protocol"):
        READER(WEST, {"models": ["m"]})
