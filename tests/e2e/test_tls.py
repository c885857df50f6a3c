"""TLS on both planes of a started gateway: the official client, and certificates that change."""

import asyncio
import ssl
import warnings
from pathlib import Path

import httpx
import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from tests.support.certificates import ServerCertificate, server_certificate
from tests.support.raw_server import RawConnection, raw_server, reply
from tests.support.turnout_process import KEY, RunningTurnout, started

ANSWER = (
    b'{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}'
)


def tls_of(certificate: ServerCertificate, **more: object) -> dict[str, object]:
    file = str(certificate.chain_file)
    return {"cert_file": file, "key_file": file, **more}


async def answer(connection: RawConnection) -> None:
    while True:
        await connection.read_request()
        await connection.send(reply(ANSWER, b"content-type: application/json"))


async def ask(gateway: RunningTurnout, trust: ssl.SSLContext) -> str | None:
    async with (
        DefaultAsyncHttpxClient(verify=trust, trust_env=False) as http,
        AsyncOpenAI(base_url=gateway.base_url, api_key=KEY, http_client=http) as client,
    ):
        whole = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hi"}]
        )
    return whole.choices[0].message.content


async def test_tls_on_both_planes_and_a_provider_that_asks_for_a_certificate(
    tmp_path: Path,
) -> None:
    ours, theirs, next_one = (
        server_certificate(tmp_path / name) for name in ("ours", "theirs", "next")
    )
    async with raw_server(answer, theirs.asking()) as provider:
        entry = {
            "protocol": "openai_chat",
            "base_url": provider.url("/v1"),
            "models": ["m"],
            "tls": {
                "ca_file": str(theirs.ca_file),
                "client_cert_file": str(theirs.client_file),
                "client_key_file": str(theirs.client_file),
            },
        }
        server = {"access_keys": [KEY], "tls": tls_of(ours), "control_tls": tls_of(ours)}
        configuration = {"server": server, "ai_providers": {"p": entry}}
        trust = ours.trust()
        async with started(tmp_path, configuration, role="all", trust=trust) as gateway:
            assert await ask(gateway, trust) == "hello"
            async with gateway.control() as control:
                row = (await control.get("/api/providers/p")).json()
                assert row["connecting"]["client_cert_file"] == str(theirs.client_file)
                told = (await control.get("/docs")).headers
                assert "strict-transport-security" in told
            for port in (gateway.port, gateway.control_port):
                await _no_old_tls(port)
            ours.chain_file.unlink()
            ours.chain_file.write_bytes(next_one.chain_file.read_bytes())
            await _until_trusted(gateway, next_one.trust())
            assert await ask(gateway, next_one.trust()) == "hello"


async def test_callers_who_must_show_a_certificate(tmp_path: Path) -> None:
    ours = server_certificate(tmp_path / "ours")
    tls = tls_of(ours, client_ca_file=str(ours.ca_file))
    configuration = {"server": {"access_keys": [KEY], "tls": tls}}
    shown = ours.trust(as_client=True)
    async with started(tmp_path, configuration, trust=shown) as gateway:
        async with gateway.http() as client:
            assert (await client.get("/v1/models")).status_code == 200
        async with httpx.AsyncClient(verify=ours.trust(), trust_env=False) as stranger:
            with pytest.raises((httpx.TransportError, ssl.SSLError)):
                await stranger.get(f"{gateway.base_url}/models")


async def _no_old_tls(port: int) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", port, ssl=old)


async def _until_trusted(gateway: RunningTurnout, trust: ssl.SSLContext) -> None:
    async with asyncio.timeout(60):
        for url in (f"{gateway.base_url}/models", f"{gateway.control_url}/readyz"):
            while True:
                try:
                    async with httpx.AsyncClient(verify=trust, trust_env=False) as client:
                        await client.get(url, headers={"authorization": f"Bearer {KEY}"})
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.2)  # the gateway looks every few seconds
