"""`/api/live`: what is new, as server-sent events, for pages that stay open."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from turnout.application.queries.live_feed import Listener, LiveFeed
from turnout.domain.governance.roles import Permission
from turnout.interfaces.control.access import needs

HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 300.0
"""A browser comes back by itself, and shows anew then that it may watch."""
_RETRY = b"retry: 1000\n\n"
_HEARTBEAT = b": still here\n\n"


def live_router(feed: LiveFeed) -> APIRouter:
    """Return the path."""
    router = APIRouter(prefix="/api", tags=["live"], dependencies=[needs(Permission.STATUS_READ)])

    @router.get("/live", summary="Watch what is new, as server-sent events")
    async def live() -> StreamingResponse:
        listener = feed.listen()
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(
            events_of(feed, listener), media_type="text/event-stream", headers=headers
        )

    return router


async def events_of(feed: LiveFeed, listener: Listener) -> AsyncIterator[bytes]:
    """Tell `listener` what is new until it ends, with comments between where nothing is."""
    end = asyncio.get_running_loop().time() + LONGEST_SECONDS
    try:
        yield _RETRY
        while asyncio.get_running_loop().time() < end:
            try:
                event = await asyncio.wait_for(listener.next(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield _HEARTBEAT
                continue
            if event is None:
                return
            yield f"event: {event.name}\ndata: {json.dumps(event.content)}\n\n".encode()
    finally:
        feed.leave(listener)
