import dataclasses

from tests.fakes.store import FakeChainView, FakeProviderView
from tests.support.control import FakeControl, handlers_on

PARTS = ("keys", "budgets", "usage", "pages", "alerts")
"""Handlers of their own kind, held together."""


def test_handlers_are_plain_callables() -> None:
    control = FakeControl()
    store = control.store
    handlers = handlers_on(store.begin, FakeProviderView(store), FakeChainView(store), control)
    for part in (handlers, handlers.keys):
        names = [field.name for field in dataclasses.fields(part)]
        assert all(callable(getattr(part, name)) for name in names if name not in PARTS)
