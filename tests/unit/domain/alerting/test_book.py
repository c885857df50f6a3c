"""All alerts at once: by example, and by a machine that does what it likes."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from turnout.domain.alerting.alert import AlertState, Finding
from turnout.domain.alerting.book import RESOLVED_KEPT_SECONDS, AlertBook, Notice, NoticeKind
from turnout.domain.alerting.rule import AlertRules, Rule, RuleName, Severity
from turnout.domain.alerting.silence import Silence

KEEP_SECONDS, GROUP_SECONDS, REMINDER_SECONDS = 20.0, 10.0, 100.0
RULES = AlertRules(
    group_seconds=GROUP_SECONDS,
    reminder_seconds=REMINDER_SECONDS,
    rules={
        RuleName.CIRCUIT_OPEN: Rule(Severity.WARNING, 0.0, KEEP_SECONDS),
        RuleName.LATENCY: Rule(Severity.WARNING, 30.0, KEEP_SECONDS),
    },
)
LOOKED = frozenset(RULES.rules)


def finding(subject: str = "a/m", rule: RuleName = RuleName.CIRCUIT_OPEN) -> Finding:
    return Finding(rule, subject, subject.partition("/")[0], "it is so")


def told(
    book: AlertBook,
    now: float,
    *findings: Finding,
    silences: tuple[Silence, ...] = (),
    looked: frozenset[RuleName] = LOOKED,
) -> list[tuple[str, int]]:
    notices = book.advance(findings, looked, RULES, silences, now)
    return [(notice.kind.value, len(notice.alerts)) for notice in notices]


def test_alerts_of_one_group_are_told_together() -> None:
    book = AlertBook()
    assert told(book, 0.0, finding("a/m")) == []
    both = finding("a/m"), finding("a/n")
    assert told(book, 9.0, *both, finding("b/m")) == []
    assert told(book, 10.0, *both, finding("b/m")) == [("firing", 2)]
    assert told(book, 19.0, *both, finding("b/m")) == [("firing", 1)]
    assert told(book, 20.0, *both, finding("b/m")) == []


def test_an_end_is_told_once_it_has_been_gone_for_a_while() -> None:
    book = AlertBook()
    told(book, 0.0, finding())
    assert told(book, 10.0, finding()) == [("firing", 1)]
    assert told(book, 29.0) == []
    assert told(book, 30.0) == [("resolved", 1)]
    assert told(book, 31.0) == []


def test_what_nobody_was_told_of_has_no_end_to_tell() -> None:
    book = AlertBook()
    told(book, 0.0, finding())
    assert told(book, KEEP_SECONDS) == []
    assert [alert.state for alert in book.alerts.values()] == [AlertState.RESOLVED]


def test_who_was_told_is_reminded() -> None:
    book = AlertBook()
    told(book, 0.0, finding())
    told(book, 10.0, finding())
    assert told(book, 109.0, finding()) == []
    assert told(book, 110.0, finding()) == [("reminder", 1)]
    assert told(book, 150.0, finding()) == []


def test_a_silence_hushes_all_but_the_end_of_what_was_told() -> None:
    book, hush = AlertBook(), Silence("s", None, "a", 1_000.0, "ada")
    told(book, 0.0, finding("a/m"))
    assert told(book, 10.0, finding("a/m")) == [("firing", 1)]
    assert told(book, 200.0, finding("a/m"), finding("a/n"), silences=(hush,)) == []
    assert told(book, 211.0, finding("a/n"), silences=(hush,)) == []
    assert told(book, 220.0, finding("a/n"), silences=(hush,)) == [("resolved", 1)]
    assert told(book, 1_000.0, finding("a/n")) == [("firing", 1)]


def test_what_could_not_be_looked_at_stays_as_it_is() -> None:
    book = AlertBook()
    told(book, 0.0, finding())
    told(book, 10.0, finding())
    assert told(book, 500.0, looked=frozenset()) == [("reminder", 1)]
    assert told(book, 501.0) == [("resolved", 1)]


def test_a_rule_that_is_switched_off_ends_its_alerts() -> None:
    book = AlertBook()
    told(book, 0.0, finding())
    told(book, 10.0, finding())
    off = AlertRules(enabled=False)
    (notice,) = book.advance([], (), off, (), 11.0)
    assert notice.kind is NoticeKind.RESOLVED


def test_what_is_over_is_forgotten_after_a_day() -> None:
    book = AlertBook()
    told(book, 0.0, finding())
    told(book, KEEP_SECONDS)
    told(book, RESOLVED_KEPT_SECONDS - 1)
    assert len(book.alerts) == 1
    told(book, RESOLVED_KEPT_SECONDS)
    assert book.alerts == {}


class Months(RuleBasedStateMachine):
    """Things come and go, silences too; somebody is told neither too often nor too little."""

    def __init__(self) -> None:
        super().__init__()
        self.book, self.now = AlertBook(), 1_000.0
        self.known: dict[str, float] = {}
        """Fingerprints that somebody was told of and that are not over, with when that was."""

    @rule(
        seconds=st.sampled_from([0.5, 5.0, 15.0, 40.0, 120.0]),
        subjects=st.sets(st.sampled_from(["a/m", "a/n", "b/m"])),
        rules=st.sets(st.sampled_from(sorted(LOOKED)), min_size=1),
        silent=st.booleans(),
        sighted=st.booleans(),
    )
    def look(
        self,
        seconds: float,
        subjects: set[str],
        rules: set[RuleName],
        silent: bool,
        sighted: bool,
    ) -> None:
        self.now += seconds
        findings = [finding(subject, each) for subject in subjects for each in rules]
        silences = [Silence("s", None, "a", self.now + 1, "ada")] if silent else []
        looked = LOOKED if sighted else frozenset[RuleName]()
        again = AlertBook(dict(self.book.alerts))
        notices = self.book.advance(findings if sighted else [], looked, RULES, silences, self.now)
        assert (
            again.advance(findings if sighted else [], looked, RULES, silences, self.now) == notices
        ), "the same twice"
        for notice in notices:
            self.hear(notice, silent)

    def hear(self, notice: Notice, silent: bool) -> None:
        for alert in notice.alerts:
            key = alert.fingerprint
            if notice.kind is NoticeKind.FIRING:
                assert key not in self.known, "told twice"
                assert not (silent and alert.group == "a")
                self.known[key] = self.now
            elif notice.kind is NoticeKind.REMINDER:
                assert self.now - self.known[key] >= REMINDER_SECONDS
                self.known[key] = self.now
            else:
                assert key in self.known, "an end of what nobody knew"
                del self.known[key]

    @invariant()
    def who_was_told_is_told_of_the_end(self) -> None:
        for key in self.known:
            assert self.book.alerts[key].state is AlertState.FIRING

    @invariant()
    def nothing_fires_before_its_time(self) -> None:
        for alert in self.book.alerts.values():
            if alert.fired_at is not None:
                least = RULES.rules[alert.rule].for_seconds
                assert alert.fired_at - alert.since >= least


Months.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMonths = Months.TestCase
