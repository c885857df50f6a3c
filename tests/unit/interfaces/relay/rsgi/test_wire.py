"""What we expect of Granian's objects is what they have."""

import inspect

import pytest
from granian import _granian

from turnout.interfaces.relay.rsgi import wire


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (wire.Headers, _granian.RSGIHeaders),
        (wire.StreamTransport, _granian.RSGIHTTPStreamTransport),
        (wire.HTTPProtocol, _granian.RSGIHTTPProtocol),
    ],
)
def test_the_server_has_every_method_that_we_call(ours: type, theirs: type) -> None:
    needed = {name for name, value in vars(ours).items() if inspect.isfunction(value)}
    needed -= {"__init__", "__subclasshook__"}
    assert needed
    assert [name for name in needed if not hasattr(theirs, name)] == []


def test_a_closed_connection_is_an_ordinary_exception() -> None:
    assert issubclass(wire.ProtocolClosed, Exception)
