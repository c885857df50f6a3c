"""What tests of the works built on it do not say: rows of events, and what was touched."""

from datetime import UTC, datetime

from turnout.domain.catalog.events import ProviderRegistered
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.persistence.sql_work import Touched, events_of


def test_an_event_is_a_row_that_names_its_entry_and_moment() -> None:
    (row,) = events_of(0.0, [("provider:a", ProviderRegistered(ProviderId("a")))])
    assert (row.at, row.aggregate) == (datetime(1970, 1, 1, tzinfo=UTC), "provider:a")
    assert (row.name, row.payload) == ("ProviderRegistered", {"provider": "a"})


def test_of_several_changes_the_first_before_and_the_last_after_count() -> None:
    touched = Touched()
    touched.put("user:ann", None, {"role": "viewer"})
    touched.put("user:ann", {"role": "viewer"}, {"role": "admin"})
    touched.put("user:bob", {"role": "viewer"}, None)
    told = [(change.entry, change.before, change.after) for change in touched.changes()]
    assert told == [
        ("user:ann", None, {"role": "admin"}),
        ("user:bob", {"role": "viewer"}, None),
    ]
