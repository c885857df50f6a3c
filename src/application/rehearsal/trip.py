"""One request on its way in virtual time: as the relay's walk, but that nothing is awaited."""

from functools import partial

from turnout.application.rehearsal.demand import Call
from turnout.application.rehearsal.simulated_provider import Reaction
from turnout.application.rehearsal.stage import Stage
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.course import LEAST_SECONDS, Course
from turnout.application.relay.place_queue import patience
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.gate import Ticket
from turnout.domain.routing.route_plan import PlannedTarget

NO_ROOM = "no_room"
"""What a caller is told that waited in line for a provider in vain."""


class Run:
    """An attempt under way, and what will become of it."""

    __slots__ = ("attempt", "reaction")

    def __init__(self, attempt: Attempt, reaction: Reaction) -> None:
        self.attempt = attempt
        self.reaction = reaction


class Trip:
    """A request that is tried, waits, moves on, and ends."""

    __slots__ = ("_call", "_course", "_hedged", "_runs", "_stage", "_ticket", "_told", "_until")

    def __init__(self, stage: Stage, call: Call) -> None:
        route, asked, now = stage.route, call.asked, call.at_seconds
        self._stage = stage
        self._call = call
        deadline = now + route.deadline_seconds
        self._course = Course(route, route.plan(asked.needs), stage.steering, deadline, asked)
        self._runs: list[Run] = []  # side by side
        self._hedged = self._told = False
        self._ticket: Ticket | None = None
        self._until: float | None = None

    def begin(self) -> None:
        """Set out."""
        stage, now = self._stage, self._call.at_seconds
        stage.tally.came(now)
        stage.steering.budget.count_request(now)
        stage.hedging.count_request(stage.route)
        self._go_on()

    def _go_on(self) -> None:
        now = self._stage.clock.now_seconds
        target = self._course.next(now)
        if target is not None:
            self._try(target, now)
        else:
            self._queue(now)

    def _try(self, target: PlannedTarget, now: float) -> None:
        self._runs = []
        run = self._run(target, now)
        if not self._hedged and not self._told:
            delay = self._stage.hedging.delay_seconds(self._course, run.attempt)
            if delay is not None:
                self._stage.agenda.note(now + delay, partial(self._hedge, run))

    def _run(self, target: PlannedTarget, now: float, behind_seconds: float = 0.0) -> Run:
        stage, course, call = self._stage, self._course, self._call
        streamed = call.asked.streamed
        attempt = Attempt(target, len(course.tried), now, streamed, behind_seconds)
        left = course.deadline_seconds - now
        provider = stage.simulated[target.deployment.provider]
        reaction = provider.react(call, now, stage.limits[target.id], left)
        attempt.headroom = reaction.headroom
        stage.tally.deployments[target.id].attempts += 1
        run = Run(attempt, reaction)
        self._runs.append(run)
        if reaction.first_at_seconds is not None and streamed:
            stage.agenda.note(reaction.first_at_seconds, partial(self._begun, run))
        stage.agenda.note(reaction.ends_at_seconds, partial(self._over, run))
        return run

    def _hedge(self, first: Run) -> None:
        """Try elsewhere besides, where no answer has begun in time."""
        stage, course, attempt = self._stage, self._course, first.attempt
        if attempt.settled or attempt.first_token_seconds is not None or self._hedged:
            return
        now = stage.clock.now_seconds
        target = course.next(now) if stage.hedging.may_begin(stage.route) else None
        if target is not None:
            stage.hedging.begun(stage.route)
            self._hedged = True
            self._run(target, now, now - attempt.started_seconds)

    def _begun(self, run: Run) -> None:
        """The first token of a stream is there: all others are called off."""
        attempt, now = run.attempt, self._stage.clock.now_seconds
        if attempt.settled:
            return
        attempt.first_token_seconds = now
        self._stage.settlement.begun(attempt, now)
        if not self._told:
            self._told = True
            self._stage.tally.begun(now - self._call.at_seconds)
        self._won(run)

    def _over(self, run: Run) -> None:
        attempt, reaction = run.attempt, run.reaction
        if attempt.settled:
            return
        if reaction.failure is not None:
            self._failed(run, reaction.failure)
            return
        stage = self._stage
        attempt.completed()
        self._settle(run, reaction.tokens)
        stage.tally.deployments[attempt.target.id].answered += 1
        self._won(run)
        came, now = self._call.at_seconds, stage.clock.now_seconds
        stage.tally.was_answered(came, now, len(self._course.tried))

    def _won(self, run: Run) -> None:
        if len(self._runs) == 1:
            return
        for other in self._runs:
            if other is not run and not other.attempt.settled:
                other.attempt.outrun()
                self._settle(other, 0)
        self._runs = [run]

    def _settle(self, run: Run, tokens: int) -> None:
        stage, attempt = self._stage, run.attempt
        stage.simulated[attempt.target.deployment.provider].over()
        stage.settlement.settle(stage.tag, attempt)
        counted = stage.tally.deployments[attempt.target.id]
        if tokens or attempt.failure is None:
            counted.input_tokens += self._call.asked.needs.input_tokens
            counted.output_tokens += tokens

    def _failed(self, run: Run, failure: ProviderFailure) -> None:
        stage, attempt = self._stage, run.attempt
        attempt.failed(failure)
        self._settle(run, run.reaction.tokens)
        stage.tally.deployments[attempt.target.id].failures[failure.kind] += 1
        stage.take_events()
        if self._told:
            self._rescue()
        elif all(each.attempt.settled for each in self._runs):
            self._all_failed()

    def _all_failed(self) -> None:
        *others, latest = [run.attempt for run in self._runs]
        for attempt in others:
            if attempt.failure is not None:
                self._course.lost(attempt.target, attempt.failure)
        now = self._stage.clock.now_seconds
        failure = latest.failure
        wait = None if failure is None else self._course.failed(failure, now)
        if wait is None:
            self._go_on()
        else:
            self._stage.agenda.note(now + wait, self._go_on)

    def _rescue(self) -> None:
        """Go on with another target's answer, as the relay does, where that may be."""
        stage, course = self._stage, self._course
        now = stage.clock.now_seconds
        if stage.route.rescue:
            broken = course.tried[-1]
            for target in course.untried(now):
                if course.visit(target, now):
                    self._try(target, now)
                    return
            if stage.steering.budget.take(now) and course.visit(broken, now):
                self._try(broken, now)
                return
        stage.tally.was_broken(len(course.tried))

    def _queue(self, now: float) -> None:
        """Wait in the lines of what is full, or give up."""
        gates = self._course.full_gates()
        if self._until is None:
            until = now + patience(gates)
            self._until = min(until, self._course.deadline_seconds - LEAST_SECONDS)
        if gates and now < self._until:
            self._ticket = Ticket.draw(gates, self._be_called)
            if self._ticket is not None:
                self._stage.agenda.note(self._until, partial(self._tire, self._ticket))
                return
        self._refused(NO_ROOM if gates else None)

    def _be_called(self) -> None:
        # Somebody is giving a place back at this moment: let them finish.
        self._stage.agenda.note(self._stage.clock.now_seconds, self._enter)

    def _enter(self) -> None:
        ticket, now = self._ticket, self._stage.clock.now_seconds
        self._ticket = None
        gate = None if ticket is None else ticket.gate
        target = None if gate is None else self._course.called(gate, now)
        if target is not None:
            self._until = None
            self._try(target, now)
        else:
            self._queue(now)

    def _tire(self, ticket: Ticket) -> None:
        if self._ticket is ticket and ticket.gate is None:
            self._ticket = None
            ticket.give_up()
            self._refused(NO_ROOM)

    def _refused(self, why: str | None) -> None:
        """Tell the caller the last failure, where there was one."""
        failures = [run.attempt.failure for run in self._runs if run.attempt.failure is not None]
        if failures:
            why = failures[-1].kind.value
        self._stage.tally.was_refused(why or FailureKind.TIMEOUT.value, len(self._course.tried))
