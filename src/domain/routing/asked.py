"""Asked: what of a request matters to who of equals gets it."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.metering import Meter
from turnout.domain.routing.rendezvous import fingerprint
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.ids import RequestId

USUAL_OUTPUT_TOKENS = 512
"""Taken for an answer's length where the caller sets no bound."""


@dataclass(slots=True)
class Asked:
    """`tenant` is whose request it is; `header` looks a header up by its name in lower case.

    `prompt_prefix` gives the beginning of the prompt. Both are None where there is no such thing,
    and so is `id` where the request has no name yet, and `meter` where nothing of it is limited.
    Not frozen since there is one for every request.
    """

    needs: Requirement
    streamed: bool
    tenant: str
    header: Callable[[str], str | None] | None = None
    prompt_prefix: Callable[[], bytes] | None = None
    id: RequestId | None = None
    meter: Meter | None = None

    @property
    def output_tokens(self) -> int:
        """About how long the answer may be."""
        return self.needs.output_tokens or USUAL_OUTPUT_TOKENS

    def mark(self, sticky: Stickiness) -> int | None:
        """Return what stands for all requests that stick together; None where this one cannot."""
        found: str | bytes | None = None
        if sticky.by is StickyBy.KEY:
            found = self.tenant
        elif sticky.by is StickyBy.HEADER:
            found = self.header((sticky.header or "").lower()) if self.header else None
        elif self.prompt_prefix is not None:
            found = self.prompt_prefix()
        return fingerprint(found) if found else None
