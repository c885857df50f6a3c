"""Secrets from the outside: sealed, kept by Vault, changed while all runs, and shown nowhere."""

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
from tests.support.secret_managers import SecretServer, secret_server
from tests.support.turnout_process import KEY, RunningTurnout, started
from tests.support.upstream import Upstream, upstream, whole
from tests.support.worlds import QUESTION

ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}
    ],
}
SEALED, VAULT, ROTATED = "planted-sealed-secret", "planted-vault-secret", "planted-newer-secret"
PLANTED = (SEALED, VAULT, ROTATED, "vault-token")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a gateway's files, the provider behind it, and the secret manager."""

    folder: Path
    provider: Upstream
    manager: SecretServer

    @property
    def environ(self) -> dict[str, str]:
        return {"VAULT_ADDR": self.manager.url, "VAULT_TOKEN": "vault-token"}

    def configuration(self, **credentials: str) -> dict[str, Any]:
        """A provider for each of `credentials`, all of them the same server."""
        providers = {
            name: {
                "protocol": "openai_chat",
                "base_url": self.provider.base_url,
                "api_key": reference,
                "models": ["m"],
            }
            for name, reference in credentials.items()
        }
        secrets = {"refresh_seconds": 0.2}
        return {"secrets": secrets, "ai_providers": providers}

    async def secrets(self, *arguments: str, given: str = "") -> str:
        """Run `turnout secrets ...`; return what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "turnout", "secrets", *arguments),
            *("--config", str(self.folder / "turnout.yaml")),
            env={**os.environ, **self.environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate(given.encode())
        assert process.returncode == 0, errors.decode()
        return output.decode().strip()

    async def shown_by(self, running: RunningTurnout, name: str, key: str = KEY) -> str:
        """Ask the provider `name`; return the credential that it was shown."""
        async with running.openai(key) as client:
            await client.chat.completions.create(model=f"{name}/m", messages=QUESTION)
        return self.provider.asked[-1].headers["authorization"].removeprefix("Bearer ")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    with secret_server() as manager:
        async with upstream(whole(200, json.dumps(ANSWER).encode())) as provider:
            (tmp_path / "turnout.yaml").write_text("")
            yield Place(tmp_path, provider, manager)


@asynccontextmanager
async def serving(
    place: Place, content: Mapping[str, object] | str
) -> AsyncIterator[RunningTurnout]:
    async with started(place.folder, content, environ=place.environ, role="all") as running:
        yield running


async def test_sealed_and_managed_secrets_reach_the_provider_and_nobody_else(place: Place) -> None:
    place.manager.secrets["secret/data/openai"] = {"api_key": VAULT}
    sealed = await place.secrets("seal", given=f"{SEALED}\n")
    content = place.configuration(
        one=sealed, two="vault:secret/openai#api_key", gone="vault:secret/gone#api_key"
    )
    async with serving(place, content) as running:
        assert await place.shown_by(running, "one") == SEALED
        assert await place.shown_by(running, "two") == VAULT
        async with running.openai() as client:
            with pytest.raises(openai.InternalServerError, match="Vault has no such secret"):
                await client.chat.completions.create(model="gone/m", messages=QUESTION)
        place.manager.secrets["secret/data/openai"] = {"api_key": ROTATED}
        await _until_shown(place, running, ROTATED)
        async with running.control() as control:
            shown = [
                (await control.get(path)).text
                for path in ("/api/providers", "/api/configuration/status", "/openapi.json")
            ]
    files = [file.read_bytes() for file in place.folder.iterdir() if file.is_file()]
    for secret in PLANTED:
        assert all(secret not in text for text in shown)
        assert all(secret.encode() not in content for content in files)


async def test_after_a_rotation_all_secrets_and_access_keys_are_good(place: Place) -> None:
    sealed = await place.secrets("seal", given=SEALED)
    content = {"server": {}, **place.configuration(one=sealed)}
    async with serving(place, content) as running:
        async with running.control() as control:
            issued = await control.post("/api/keys", json={"name": "ci"})
            token = issued.raise_for_status().json()["token"]
        await _until_known(place, running, token)
    before = (place.folder / "turnout.key").read_text()
    said = await place.secrets("rotate", "--new-key", str(place.folder / "new.key"))
    assert said == "sealed anew: 1 in files, 1 in the store"
    text = (place.folder / "turnout.yaml").read_text()
    assert sealed not in text
    with closing(sqlite3.connect(place.folder / "turnout.db")) as store:
        assert store.execute("SELECT credential FROM provider").fetchone()[0] in text
    assert (place.folder / "turnout.key").read_text() != before
    async with serving(place, text) as running:
        assert await place.shown_by(running, "one", token) == SEALED
        with pytest.raises(openai.AuthenticationError):
            await place.shown_by(running, "one", "anything")


async def test_a_replica_with_another_key_does_not_start(place: Place) -> None:
    async with serving(place, place.configuration(one="${HOME}")):
        pass
    (place.folder / "turnout.key").write_text("11" * 32)
    with pytest.raises(AssertionError, match=r"server\.master_key: found the key .*, expected"):
        async with serving(place, place.configuration(one="${HOME}")):
            pass


async def _until_shown(place: Place, running: RunningTurnout, secret: str) -> None:
    for _ in range(200):
        if await place.shown_by(running, "two") == secret:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the new secret has never been shown")


async def _until_known(place: Place, running: RunningTurnout, token: str) -> None:
    for _ in range(200):
        try:
            await place.shown_by(running, "one", "anything")
        except openai.AuthenticationError:
            break
        await asyncio.sleep(0.05)
    assert await place.shown_by(running, "one", token) == SEALED
