"""The codecs that there are keep to what codec.py says."""

import pytest
from tests.support.gateways import chat_request

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.factory import CODECS
from turnout.infrastructure.protocols.codec import Codec

each = pytest.mark.parametrize(("protocol", "codec"), CODECS.items())


@each
def test_a_codec_speaks_its_protocol(protocol: WireProtocol, codec: Codec) -> None:
    assert codec.chat.protocol is protocol


@each
def test_paths_follow_a_base_url(protocol: WireProtocol, codec: Codec) -> None:
    paths = codec.chat.paths
    assert all(path.startswith("/") for path in (paths.chat, paths.chat_stream, paths.models))
    assert (paths.embeddings is not None) is (codec.embeddings is not None)


@each
def test_decoders_are_not_shared(protocol: WireProtocol, codec: Codec) -> None:
    request = chat_request(stream=True)
    assert codec.chat.stream_decoder(request) is not codec.chat.stream_decoder(request)


@each
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"17", b'"x"', b"<html>", b"[" * 100_000])
def test_any_error_body_is_a_failure(protocol: WireProtocol, codec: Codec, body: bytes) -> None:
    failure = codec.chat.failure(503, {}, body)
    assert failure.status == 503
    assert failure.message
