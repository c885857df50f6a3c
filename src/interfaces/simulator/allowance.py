"""Rate limits of a simulator: what is left of a window's requests and tokens."""

from math import ceil

from msgspec import Struct

from turnout.interfaces.simulator.profile import Profile


class Standing(Struct, frozen=True, kw_only=True):
    """How an account stands against its limits; None where there is no limit of the kind.

    `reset_seconds` is how long the window still lasts, `now_seconds` the time since 1970.
    """

    requests_limit: int | None
    requests_left: int
    tokens_limit: int | None
    tokens_left: int
    reset_seconds: float
    now_seconds: float
    exceeded: bool = False

    @property
    def wait_seconds(self) -> int:
        """Whole seconds until the window is over."""
        return max(1, ceil(self.reset_seconds))


class Allowance:
    """Counts down within windows of fixed length, the first of which begins with a request."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin with a new window."""
        self._began_seconds: float | None = None
        self._requests = 0
        self._tokens = 0

    def take(self, profile: Profile, tokens: int, now_seconds: float) -> Standing | None:
        """Take one request and its tokens; None where the profile has no limit.

        What does not fit is not taken, and the standing says `exceeded`.
        """
        requests_limit, tokens_limit = profile.requests_per_window, profile.tokens_per_window
        if requests_limit is None and tokens_limit is None:
            return None
        began = self._window(profile.window_seconds, now_seconds)
        exceeded = not (
            _fits(self._requests + 1, requests_limit) and _fits(self._tokens + tokens, tokens_limit)
        )
        if not exceeded:
            self._requests += 1
            self._tokens += tokens
        return Standing(
            requests_limit=requests_limit,
            requests_left=_left(requests_limit, self._requests),
            tokens_limit=tokens_limit,
            tokens_left=_left(tokens_limit, self._tokens),
            reset_seconds=began + profile.window_seconds - now_seconds,
            now_seconds=now_seconds,
            exceeded=exceeded,
        )

    def _window(self, seconds: float, now_seconds: float) -> float:
        """When the present window began."""
        if self._began_seconds is None or now_seconds >= self._began_seconds + seconds:
            self.clear()
            self._began_seconds = now_seconds
        return self._began_seconds


class Allowances:
    """An allowance for each key, as an account has limits of its own."""

    def __init__(self) -> None:
        self._by_key: dict[str, Allowance] = {}

    def of(self, key: str) -> Allowance:
        """Return that of the account with this key, or of callers without one."""
        return self._by_key.setdefault(key, Allowance())

    def clear(self) -> None:
        """Begin with new windows for all."""
        self._by_key.clear()


def _fits(used: int, limit: int | None) -> bool:
    return limit is None or used <= limit


def _left(limit: int | None, used: int) -> int:
    return 0 if limit is None else max(0, limit - used)
