import re
from base64 import b64encode
from hashlib import sha256

from tests.support.control import FakeControl, problem


async def test_the_page_loads_nothing_from_elsewhere() -> None:
    async with FakeControl().client() as client:
        page = await client.get("/docs")
        addresses = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", page.text)
        answers = [await client.get(address) for address in addresses]
    assert "/openapi.json" in addresses
    assert len(addresses) == 4
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert "://" not in page.text


async def test_assets_have_their_types() -> None:
    async with FakeControl().client() as client:
        types = [
            (await client.get(f"/docs/{asset}")).headers["content-type"].partition(";")[0]
            for asset in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
        ]
    assert types == ["text/css", "text/javascript", "image/png"]


async def test_no_other_file_is_served() -> None:
    async with FakeControl().client() as client:
        answers = [await client.get(f"/docs/{name}") for name in ("__init__.py", "%2e%2e", "x")]
    assert [problem(answer)[0] for answer in answers] == [404, 404, 404]


async def test_its_own_script_may_run_and_no_other() -> None:
    async with FakeControl().client() as client:
        page = await client.get("/docs")
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digests = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    policy = page.headers["content-security-policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["script-src"].split() == ["'self'", *(f"'sha256-{each}'" for each in digests)]
    assert digests
    assert "onclick" not in page.text
