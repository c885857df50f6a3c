import pytest

from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.sharing import CacheWish
from turnout.interfaces.relay.cache_wish import read_wish


@pytest.mark.parametrize(
    ("headers", "wish"),
    [
        ({}, CacheWish()),
        ({"x-turnout-cache": "on"}, CacheWish(opted=True)),
        ({"x-turnout-cache": " OFF "}, CacheWish(opted=False)),
        ({"cache-control": "no-store"}, CacheWish(opted=False)),
        ({"cache-control": "no-cache"}, CacheWish(max_age_seconds=0)),
        ({"cache-control": "max-age=60"}, CacheWish(max_age_seconds=60)),
        ({"cache-control": 'Max-Age="60", no-transform'}, CacheWish(max_age_seconds=60)),
        ({"cache-control": "max-age=60, no-cache"}, CacheWish(max_age_seconds=0)),
        ({"cache-control": "no-cache, max-age=60"}, CacheWish(max_age_seconds=0)),
        ({"cache-control": "max-age=soon"}, CacheWish(max_age_seconds=0)),
        ({"cache-control": "max-age=-1"}, CacheWish(max_age_seconds=0)),
        ({"cache-control": "max-age=²"}, CacheWish(max_age_seconds=0)),
        ({"cache-control": "only-if-cached, public,,"}, CacheWish()),
        (
            {"cache-control": "no-cache", "x-turnout-cache": "on"},
            CacheWish(opted=True, max_age_seconds=0),
        ),
        ({"cache-control": "no-store", "x-turnout-cache": "on"}, CacheWish(opted=False)),
    ],
)
def test_headers_are_read(headers: dict[str, str], wish: CacheWish) -> None:
    assert read_wish(headers) == wish


def test_a_word_that_is_no_choice_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_wish({"x-turnout-cache": "maybe"})
    assert refused.value.field == "x-turnout-cache"
    assert "expected on or off, got 'maybe'" in refused.value.message
