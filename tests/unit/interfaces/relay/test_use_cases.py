"""The application's handlers are what the data plane asks for."""

from tests.fakes.clients import FakeChatClient
from tests.fakes.relay import loopback
from tests.support.gateways import FakeGateway

from turnout.application.queries.list_models import ListModels
from turnout.application.relay.admission import Admission
from turnout.domain.governance.scope import ANYTHING
from turnout.interfaces.relay import use_cases


def test_the_applications_handlers_fit() -> None:
    gateway = FakeGateway({"openai": FakeChatClient()})
    chat: use_cases.ChatRelay = gateway.complete_chat
    embed: use_cases.EmbeddingRelay = gateway.embed
    admission: use_cases.Admits = Admission(())
    list_models: use_cases.ModelList = ListModels(gateway.holder)
    assert callable(chat.complete) and callable(chat.stream) and callable(embed)
    assert admission.grant(None, loopback).key_name
    assert {model.kind for model in list_models(ANYTHING)} == {"chain", "model"}
