import gc
from dataclasses import replace

import pytest
from tests.support.clients import MODEL, client_factory, engine, provider_at
from tests.support.gateways import chat_request
from tests.support.upstream import upstream

from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.provider import Provider
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.clients.chat import VendorChat
from turnout.infrastructure.clients.factory import CODECS, VendorClientFactory
from turnout.infrastructure.discovery import discover_vendors
from turnout.infrastructure.transport.engine import HttpEngine

NOWHERE = "http://127.0.0.1:9"


def engine_of(factory: VendorClientFactory, provider: Provider) -> HttpEngine:
    chat = factory.clients_for(provider, None).chat
    assert isinstance(chat, VendorChat)
    return chat.access.engine


async def test_an_engine_outlives_the_clients_made_with_it() -> None:
    async with client_factory() as factory:
        first = engine_of(factory, provider_at(NOWHERE))
        assert engine_of(factory, provider_at(NOWHERE + "/elsewhere")) is first


async def test_another_time_limit_on_connecting_is_another_engine() -> None:
    provider = provider_at(NOWHERE)
    patient = Provider(
        provider.id, replace(provider.settings, timeouts=Timeouts(connect_seconds=60.0))
    )
    made: list[float] = []

    def making(connect_timeout_seconds: float, connecting: Connecting) -> HttpEngine:
        made.append(connect_timeout_seconds)
        return engine(connect_timeout_seconds, connecting)

    factory = VendorClientFactory(vendors={}, engines=making)
    assert engine_of(factory, provider) is not engine_of(factory, patient)
    assert made == [5.0, 60.0]
    await factory.close()


async def test_an_engine_that_nobody_can_use_is_closed_and_no_other() -> None:
    async with client_factory() as factory, upstream([]) as server:
        clients = factory.clients_for(provider_at(server.base_url), None)
        assert isinstance(clients.chat, VendorChat)
        first = clients.chat.access.engine
        opened = clients.chat.stream(chat_request(stream=True), MODEL)
        del clients
        await factory.close_unused()
        assert engine_of(factory, provider_at(NOWHERE)) is first  # a stream may still begin on it
        del opened
        gc.collect()
        await factory.close_unused()
        assert engine_of(factory, provider_at(NOWHERE)) is not first


@pytest.mark.parametrize("protocol", list(WireProtocol))
async def test_embeddings_are_there_where_the_protocol_has_them(protocol: WireProtocol) -> None:
    async with client_factory() as factory:
        clients = factory.clients_for(provider_at(NOWHERE, protocol=protocol), None)
        assert (clients.embeddings is not None) is (CODECS[protocol].embeddings is not None)
        assert set(CODECS) == set(WireProtocol)


@pytest.mark.parametrize(
    ("provider", "code", "words"),
    [
        (provider_at(NOWHERE, vendor="acme"), "provider.vendor", "vendor is 'acme', expected one"),
        (
            provider_at(NOWHERE, vendor="openai", protocol=WireProtocol.GEMINI),
            "provider.protocol",
            "protocol is gemini, but openai speaks openai_chat",
        ),
        (
            provider_at(NOWHERE, vendor="openai", options={"colour": "red"}),
            "provider.option",
            "option 'colour' is not known here, expected: none",
        ),
        (
            provider_at(NOWHERE, vendor="azure_openai", options={"version": "1"}),
            "provider.option",
            "option 'version' is not known here, expected: api_version",
        ),
        (
            provider_at(
                NOWHERE,
                vendor="vertex",
                protocol=WireProtocol.GEMINI,
                options={"project": "p"},
            ),
            "provider.option",
            "'project' and 'location' together",
        ),
    ],
)
def test_settings_that_could_not_work_are_refused(
    provider: Provider, code: str, words: str
) -> None:
    factory = VendorClientFactory(vendors=discover_vendors(), engines=engine)
    with pytest.raises(DomainError, match=words) as caught:
        factory.clients_for(provider, None)
    assert caught.value.code == code


async def test_providers_that_connect_in_another_way_have_another_engine() -> None:
    made: list[Connecting] = []

    def making(connect_timeout_seconds: float, connecting: Connecting) -> HttpEngine:
        made.append(connecting)
        return engine(connect_timeout_seconds, Connecting())

    plain, guarded = provider_at(NOWHERE), Connecting(public_only=True)
    other = Provider(plain.id, replace(plain.settings, connecting=guarded))
    factory = VendorClientFactory(vendors={}, engines=making)
    assert engine_of(factory, plain) is not engine_of(factory, other)
    assert engine_of(factory, other) is engine_of(factory, other)
    assert made == [Connecting(), guarded]
    await factory.close()


def test_files_that_no_engine_can_be_made_with_are_told() -> None:
    def failing(connect_timeout_seconds: float, connecting: Connecting) -> HttpEngine:
        raise FileNotFoundError(2, "No such file or directory", connecting.ca_file)

    plain = provider_at(NOWHERE)
    settings = replace(plain.settings, connecting=Connecting(ca_file="/none.pem"))
    factory = VendorClientFactory(vendors={}, engines=failing)
    with pytest.raises(DomainError, match=r"tls: .*'/none\.pem'") as caught:
        factory.clients_for(Provider(plain.id, settings), None)
    assert caught.value.code == "provider.tls"
