"""One exchange with a caller: admits it, meets the profile's faults, counts what happened."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

import msgspec
from msgspec import Struct

from turnout.interfaces.simulator.allowance import Allowance, Standing
from turnout.interfaces.simulator.counts import NO_STATUS, Counts
from turnout.interfaces.simulator.delivery import Delivery, Sleep
from turnout.interfaces.simulator.dialect import Call, Failure, Headers, Job, Operation, Refused
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.profile import ErrorKind, Fault, Profile
from turnout.interfaces.simulator.schemas import UnusableSchema
from turnout.interfaces.simulator.stamp import Stamp

_TOLD = {
    ErrorKind.RATE_LIMITED,
    ErrorKind.OVERLOADED,
    ErrorKind.SERVER_ERROR,
    ErrorKind.UNAUTHORIZED,
    ErrorKind.NOT_FOUND,
    ErrorKind.BAD_REQUEST,
    ErrorKind.CONTEXT_TOO_LONG,
}
_WRONG_CONTENT_TYPE = "application/octet-stream"
_HTML_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


def fault_of(profile: Profile, stamp: Stamp) -> Fault | None:
    """The fault that this request is to meet, if any: the dice fall by seed and sequence."""
    if not profile.error_rate or stamp.share("error") >= profile.error_rate:
        return None
    kinds = profile.error_kinds
    return Fault.parse(kinds[int(stamp.share("kind") * len(kinds))])


class Exchange(Struct, kw_only=True):
    """A request that found its operation, until the last byte of the answer."""

    call: Call
    operation: Operation
    writer: ResponseWriter
    counts: Counts
    sleep: Sleep
    now: Callable[[], float]
    fault: Fault | None
    allowance: Allowance
    _standing: Standing | None = None

    def run(self) -> Coroutine[None, None, None] | None:
        """Answer at once where nothing takes time, else give back what is left to be awaited."""
        try:
            self._admit()
            self._make_room()
            job = self.operation.perform(self.call)
            self._take(job)
        except Refused as refused:
            self._refuse(refused.failure)
            return None
        except UnusableSchema as error:
            self._refuse(Failure(kind=ErrorKind.BAD_REQUEST, message=str(error)))
            return None
        return self._deliver(job) if self.fault is None else self._fail(job, self.fault.kind)

    def _admit(self) -> None:
        required = self.call.profile.require_key
        if required is not None and required != self._credential():
            raise Refused(Failure(kind=ErrorKind.UNAUTHORIZED))

    def _make_room(self) -> None:
        """Refuse the request where too many others are in flight."""
        most = self.call.profile.requests_at_once
        if most is not None and self.counts.in_flight >= most:
            raise Refused(Failure(kind=ErrorKind.RATE_LIMITED, model=self.call.model))

    def _take(self, job: Job) -> None:
        """Take the request from what the account has left, if it is limited."""
        tokens = job.tokens
        needed = tokens.prompt + tokens.completion
        standing = self.allowance.take(self.call.profile, needed, self.now())
        if standing is not None and standing.exceeded:
            seconds = standing.wait_seconds
            raise Refused(
                Failure(
                    kind=ErrorKind.RATE_LIMITED,
                    model=job.model,
                    retry_after_seconds=seconds,
                    standing=standing,
                )
            )
        self._standing = standing

    def _credential(self) -> str:
        return self.operation.dialect.credential(self.call.request)

    def _refuse(self, failure: Failure) -> None:
        profile = self.call.profile
        failure = msgspec.structs.replace(
            failure,
            operation=self.operation.name,
            credential=self._credential(),
            retry_after_seconds=failure.retry_after_seconds or profile.retry_after_seconds,
            retry_after_as_date=profile.retry_after_as_date,
            now_seconds=self.now(),
        )
        reply = self.operation.dialect.failure(failure, self.call.stamp)
        self._whole(failure.model, reply.status, reply.headers, reply.body)

    def _whole(self, model: str, status: int, headers: Headers, body: bytes) -> None:
        self.writer.whole(status, headers, body)
        self.counts.answered(self.operation.name, model, status)

    def _fail(self, job: Job, kind: ErrorKind) -> Coroutine[None, None, None] | None:
        """Meet the fault now, unless it is one that strikes during delivery."""
        if kind in _TOLD:
            self._refuse(Failure(kind=kind, model=job.model, prompt_tokens=job.tokens.prompt))
        elif kind is ErrorKind.HTML_ERROR_PAGE:
            self._whole(job.model, 502, (("content-type", "text/html"),), _HTML_PAGE)
        elif kind is ErrorKind.EMPTY_BODY:
            self._whole(job.model, 200, (("content-type", job.content_type),), b"")
        elif kind in (ErrorKind.RESET, ErrorKind.TLS_FAILURE):
            self.writer.reset()
            self.counts.answered(self.operation.name, job.model, NO_STATUS)
        elif kind is ErrorKind.SILENT:
            self.counts.answered(self.operation.name, job.model, NO_STATUS)
            return self._in_flight(asyncio.Event().wait(), streaming=False)
        else:
            return self._deliver(job)
        return None

    def _deliver(self, job: Job) -> Coroutine[None, None, None] | None:
        delivery = Delivery(
            job=job,
            headers=self._headers(job),
            profile=self._paced(),
            writer=self.writer,
            counts=self.counts,
            sleep=self.sleep,
            fault=self.fault,
        )
        self.counts.answered(self.operation.name, job.model, 200)
        if job.frames is not None:
            return self._in_flight(delivery.stream(job.frames), streaming=True)
        if delivery.takes_time:
            return self._in_flight(delivery.whole_in_time(), streaming=False)
        delivery.whole()
        return None

    def _paced(self) -> Profile:
        """Return the profile as it is with as many in flight as there are."""
        profile = self.call.profile
        if not profile.crowd_delay_seconds:
            return profile
        later = profile.crowd_delay_seconds * self.counts.in_flight
        first = profile.first_token_delay_seconds + later
        return replace(profile, first_token_delay_seconds=first)

    def _headers(self, job: Job) -> Headers:
        dialect, standing = self.operation.dialect, self._standing
        wrong = self.fault is not None and self.fault.kind is ErrorKind.WRONG_CONTENT_TYPE
        content_type = _WRONG_CONTENT_TYPE if wrong else job.content_type
        limits = () if standing is None else dialect.limits(standing)
        return (("content-type", content_type), *dialect.headers(self.call.stamp), *limits)

    async def _in_flight(self, work: Awaitable[object], *, streaming: bool) -> None:
        """Count the work while it lasts, and the caller's hang-up where that ends it."""
        self.counts.in_flight += 1
        self.counts.changed()
        try:
            await work
        except asyncio.CancelledError:
            if not self.writer.finished:
                self.counts.aborted_streams += streaming
                self.counts.aborted_requests += not streaming
            raise
        finally:
            self.counts.in_flight -= 1
            self.counts.changed()
