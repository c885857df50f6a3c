"""Where an answer that was taken up again goes on: what is new of it, piece by piece.

    Overlap    the answer is said again from its start: what was sent already is left out
    Seam       the answer is said from where it broke off: the edges are made to fit

Both are fed pieces of any size and return what the receiver has not seen yet. White space is
normalised: how much of it stands in one place, and of which kind, makes no difference.
"""

SHORTEST_ECHO = 4
"""Characters. A continuation may well be like a shorter answer by chance."""


class Diverged(Exception):
    """The answer does not begin with what was sent."""


class Overlap:
    """Leaves out `sent` at the start of an answer.

    White space at the very start may be there or not; anywhere else its presence must agree.
    """

    __slots__ = ("_at", "_core", "_sent", "_tail")

    def __init__(self, sent: str) -> None:
        self._sent = sent
        self._core = len(sent.rstrip())
        self._at = 0
        self._tail: _Tail | None = None

    def feed(self, piece: str) -> str:
        """Return what of `piece` is new. Raises Diverged; nothing may be fed after that."""
        used = 0
        if self._at < self._core:
            used = self._compared(piece)
            if self._at < self._core:
                return ""
        if self._tail is None:
            self._tail = _Tail(self._sent[self._core :], needed=self._core > 0)
        return self._tail.feed(piece[used:])

    @property
    def is_passed(self) -> bool:
        """Whether all of `sent` has been said again, but for white space at its end."""
        return self._at >= self._core

    def end(self) -> str:
        """The answer is over. Raises Diverged when it was shorter than what was sent."""
        if not self.is_passed:
            raise Diverged
        return ""

    def _compared(self, piece: str) -> int:
        """Compare until `piece` or `sent` is used up; return how much of `piece` was."""
        if self._at + len(piece) <= self._core and self._sent.startswith(piece, self._at):
            self._at += len(piece)
            return len(piece)
        used, at = 0, self._at
        while used < len(piece) and at < self._core:
            old, new = self._sent[at], piece[used]
            if old == new or (old.isspace() and new.isspace()):
                used, at = used + 1, at + 1
            elif at and not self._sent[at - 1].isspace():
                raise Diverged
            elif new.isspace():
                used += 1
            elif old.isspace():
                at += 1
            else:
                raise Diverged
        self._at = at
        return used


class Seam:
    """Fits a continuation to `sent`, which the model was given without white space at its end.

    White space that both hold stays away once. Some models repeat all that they were given before
    they go on: that is left out as by Overlap. (A continuation that says the same word once more
    begins with white space, or in the middle of a word.)
    """

    __slots__ = ("_echo", "_held", "_sent")

    def __init__(self, sent: str) -> None:
        self._sent = sent
        self._held: str | None = ""
        self._echo = Overlap(sent) if len(sent.strip()) >= SHORTEST_ECHO else None

    def feed(self, piece: str) -> str:
        """Return what of `piece`, and of what was held back before it, is new."""
        if self._held is None:
            return piece if self._echo is None else self._echo.feed(piece)
        if not self._held and piece and piece[0].isspace() != self._sent[:1].isspace():
            self._echo = None
        self._held += piece
        if self._echo is not None:
            try:
                new = self._echo.feed(piece)
            except Diverged:
                self._echo = None
            else:
                if self._echo.is_passed:
                    self._held = None
                return new
        if not self._held or self._held.isspace():
            return ""
        return self.end()

    def end(self) -> str:
        """The answer is over: return what was held back."""
        held, self._held = self._held, None
        if held is None:
            return ""
        self._echo = None
        return _Tail(self._sent[len(self._sent.rstrip()) :], needed=False).feed(held)


class _Tail:
    """Leaves out of the white space that comes now what of `sent` it begins with.

    `needed` tells whether some must come, if some was sent.
    """

    __slots__ = ("_at", "_came", "_over", "_sent")

    def __init__(self, sent: str, *, needed: bool) -> None:
        self._sent = sent
        self._at = 0
        self._came = not needed
        self._over = not sent

    def feed(self, piece: str) -> str:
        if self._over or not piece:
            return piece
        space = len(piece) - len(piece.lstrip())
        self._came = self._came or space > 0
        if not self._came:
            raise Diverged
        known = 0
        sent = self._sent
        while known < space and self._at < len(sent) and piece[known] == sent[self._at]:
            known, self._at = known + 1, self._at + 1
        self._over = known < len(piece)
        return piece[known:]
