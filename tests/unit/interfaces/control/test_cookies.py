from starlette.datastructures import Headers

from turnout.interfaces.control.cookies import csrf_token, forged, is_secure, session_cookie

PUBLIC = "https://turnout.example"


def test_the_page_behind_the_public_address_is_our_own() -> None:
    headers = Headers(
        {"host": "10.0.0.1:8081", "origin": PUBLIC, "x-csrf-token": csrf_token("secret")}
    )
    assert forged(headers, "secret", PUBLIC) is None
    assert forged(headers, "secret", None) == f"found a request from the page {PUBLIC!r}"


def test_a_token_is_good_for_its_own_session_alone() -> None:
    headers = Headers({"host": "a", "x-csrf-token": csrf_token("secret")})
    assert forged(headers, "secret", None) is None
    assert "x-csrf-token" in str(forged(headers, "another", None))


def test_the_cookie_is_bound_to_the_host_where_there_is_https() -> None:
    plain, safe = {"scheme": "http"}, {"scheme": "https"}
    assert [is_secure(safe, None), is_secure(plain, PUBLIC), is_secure(plain, None)] == [
        True,
        True,
        False,
    ]
    assert session_cookie(True) == "__Host-turnout_session"
    assert session_cookie(False) == "turnout_session"
