"""RequestRecord to a row."""

from tests.support.requests import request_record

from turnout.infrastructure.persistence.request_rows import as_request, row_of_request, storable


def test_a_row_has_the_names_of_its_record() -> None:
    row = as_request(row_of_request(request_record(ended_seconds=5.0, hedged=True), 100.0))
    assert row["at"] == 105.0
    assert (row["key_name"], row["team"], row["project"]) == ("ci", "research", "atlas")
    assert (row["hedged"], row["streamed"], row["status"]) == (1, 0, 200)


def test_a_caller_s_words_are_bounded_and_storable() -> None:
    assert storable("\0\ud800x") == "??x"
    assert len(storable("x" * 1000)) == 200
