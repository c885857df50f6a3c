from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.request import ChatRequest, WireProtocol


def test_a_request_is_decoded_once_at_most() -> None:
    decoded: list[Conversation] = []

    def decode() -> Conversation:
        decoded.append(Conversation(()))
        return decoded[-1]

    request = ChatRequest(
        model="m",
        stream=False,
        protocol=WireProtocol.OPENAI_CHAT,
        needs=Requirement(frozenset()),
        body_for=lambda model: model.encode(),
        decode=decode,
    )
    assert decoded == []
    assert request.conversation() is request.conversation()
    assert len(decoded) == 1
