import dataclasses

from tests.fakes.store import FakeChainView, FakeProviderView
from tests.support.control import FakeControl, handlers_on

from turnout.interfaces.control.handlers import Handlers


def test_handlers_are_plain_callables() -> None:
    control = FakeControl()
    store = control.store
    handlers = handlers_on(store.begin, FakeProviderView(store), FakeChainView(store), control)
    names = [field.name for field in dataclasses.fields(Handlers)]
    assert all(callable(getattr(handlers, name)) for name in names)
