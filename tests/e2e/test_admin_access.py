"""Who administrates a started gateway, from the first start on, and what is written down of it."""

import asyncio
import json
import re
import sys
from pathlib import Path

import httpx
from tests.support.control import problem
from tests.support.oidc_provider import AUDIENCE, CLIENT, local_provider
from tests.support.oidc_provider import SECRET as SHARED
from tests.support.turnout_process import started

PASSWORD = "correct horse battery"
SECRET = "sk-planted-secret-of-the-file"
PATIENCE_SECONDS = 30


def _provider(port: int) -> dict[str, object]:
    return {
        "protocol": "openai_chat",
        "base_url": f"http://127.0.0.1:{port}",
        "api_key": SECRET,
        "models": ["m"],
    }


def _setup_token(log: Path) -> str | None:
    found = re.search(r"until the next start: (\S+)", log.read_text())
    return None if found is None else found[1]


async def _turnout(folder: Path, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "turnout", *arguments, "--config", str(folder / "turnout.yaml")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def _registered(control: httpx.AsyncClient, name: str) -> None:
    """Wait until the gateway has taken over the file that declares it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if (await control.get(f"/api/providers/{name}")).status_code == 200:
                return
            await asyncio.sleep(0.1)  # the gateway looks at its files by the clock too


async def test_from_the_first_start_to_an_audited_day(tmp_path: Path) -> None:
    content: dict[str, object] = {"ai_providers": {"first": _provider(1)}}
    async with started(tmp_path, json.dumps(content), role="all") as gateway:
        token = _setup_token(gateway.log)
        async with gateway.control() as control:
            assert (await control.get("/api/session")).json()["kind"] == "local"
            body = {"token": token, "name": "ann", "password": PASSWORD}
            assert (await control.post("/api/setup", json=body)).status_code == 201
            assert problem(await control.post("/api/setup", json=body))[1] == "setup.exists"
            assert problem(await control.get("/api/providers"))[1] == "access.denied"
            session = await control.post("/api/session", json={"name": "ann", "password": PASSWORD})
            control.headers["x-csrf-token"] = session.json()["csrf_token"]
            disabled = await control.post("/api/providers/first/disable")
            assert disabled.json()["enabled"] is False
            content["ai_providers"] = {"first": _provider(1), "second": _provider(2)}
            (tmp_path / "turnout.yaml").write_text(json.dumps(content))
            await _registered(control, "second")
            issued = await _turnout(tmp_path, "admins", "token", "ci", "--role", "viewer")
            headers = {"authorization": f"Bearer {issued[1].strip()}"}
            assert (await control.get("/api/providers", headers=headers)).status_code == 200
            log = (await control.get("/api/audit")).text
    verified, exported = (
        await _turnout(tmp_path, "audit", "verify"),
        await _turnout(tmp_path, "audit", "export", "--jsonl"),
    )
    assert verified[0] == 0, verified
    records = [json.loads(line)["record"] for line in exported[1].splitlines()]
    told = [(line["actor"]["kind"], line["command"], line["entry"]) for line in records]
    assert told[:1] == [("file", "apply_configuration", "configuration")]
    assert ("nobody", "set_up", "user:ann") in told
    assert told.count(told[0]) == 2, "the start, and the file that changed"
    assert ("user", "enable_provider", "provider:first") in told
    assert told[-1] == ("cli", "issue_token", "token:ci")
    switched = next(line for line in records if line["command"] == "enable_provider")
    assert switched["changes"] == [
        {
            "entry": "provider:first",
            "before": {"enabled": "true"},
            "after": {"enabled": "false"},
        }
    ]
    for secret in (SECRET, PASSWORD, str(token), issued[1].strip()):
        assert secret not in log + exported[1]
        assert secret.encode() not in (tmp_path / "turnout.db").read_bytes()


async def test_people_of_an_identity_provider_sign_in(tmp_path: Path) -> None:
    async with local_provider() as provider:
        oidc = {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "client_secret": "${CLIENT_SECRET}",
            "audience": AUDIENCE,
            "roles": {"staff": "auditor"},
        }
        content = {"control": {"oidc": oidc}}
        environ = {"CLIENT_SECRET": SHARED}
        async with (
            started(tmp_path, json.dumps(content), role="control", environ=environ) as gateway,
            gateway.control() as control,
        ):
            assert problem(await control.get("/api/audit"))[0] == 401
            bearer = provider.token(AUDIENCE, sub="robot", groups=["staff"])
            headers = {"authorization": f"Bearer {bearer}"}
            assert (await control.get("/api/audit", headers=headers)).status_code == 200
            await control.get("/api/session/oidc", follow_redirects=True)
            told = (await control.get("/api/session")).json()
            lines = (await control.get("/api/audit")).json()["lines"]
    assert (told["name"], told["role"]) == ("ann", "auditor")
    assert [line["command"] for line in lines] == ["sign_in", "apply_configuration"]
    assert SHARED not in (tmp_path / "turnout.log").read_text()


async def test_a_set_up_token_is_made_anew_until_there_is_a_user(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        async with started(tmp_path, "{}", role="control") as gateway:
            tokens.append(_setup_token(gateway.log))
            body = {"token": tokens[0], "name": "ann", "password": PASSWORD}
            if len(tokens) == 2:
                async with gateway.control() as control:
                    assert problem(await control.post("/api/setup", json=body))[0] == 403
    assert None not in tokens
    assert tokens[0] != tokens[1]
    assert "0 lines" not in (await _turnout(tmp_path, "audit", "verify"))[1]
    add = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "turnout", "admins", "add", "ann", "--role", "admin"),
        *("--password-stdin", "--config", str(tmp_path / "turnout.yaml")),
        stdin=asyncio.subprocess.PIPE,
    )
    await add.communicate(f"{PASSWORD}\n".encode())
    assert add.returncode == 0
    async with started(tmp_path, "{}", role="control") as gateway:
        assert _setup_token(gateway.log) is None
        async with gateway.control() as control:
            answer = await control.post("/api/session", json={"name": "ann", "password": PASSWORD})
    assert answer.json()["role"] == "admin"
