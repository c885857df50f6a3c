import re

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from turnout.interfaces.control.dashboard import POLICY, dashboard_router


async def get(path: str, encoding: str = "identity", known: str = "") -> Response:
    app = FastAPI()
    app.include_router(dashboard_router())
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        return await client.get(path, headers={"accept-encoding": encoding, "if-none-match": known})


async def asset() -> str:
    found = re.search(r'src="(/assets/[^"]+\.js)"', (await get("/")).text)
    assert found is not None
    return found[1]


async def test_the_page_is_looked_for_anew_and_lets_nothing_in_from_elsewhere() -> None:
    page = await get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY


async def test_what_it_loads_is_kept_for_ever() -> None:
    script = await get(await asset())
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]


async def test_files_are_pressed_for_those_who_take_it() -> None:
    path = await asset()
    plain, pressed = await get(path), await get(path, "gzip")
    assert pressed.headers["content-encoding"] == "gzip"
    assert pressed.content == plain.content
    assert int(pressed.headers["content-length"]) < int(plain.headers["content-length"])


async def test_what_the_browser_has_is_not_sent_again() -> None:
    page = await get("/")
    again = await get("/", known=page.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert (await get("/", known='"another"')).content == page.content


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/..%2findex.html"])
async def test_nothing_else_is_given_out(path: str) -> None:
    assert (await get(path)).status_code == 404
