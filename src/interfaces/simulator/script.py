"""A simulator's script: a timeline of phases, each with its faults and its pace."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct, to_builtins
from msgspec.structs import replace

from turnout.interfaces.simulator.fields import FieldFault, read_as
from turnout.interfaces.simulator.profile import Profile, revised

_ENDLESS = "seconds or requests: only the last phase of a script that does not repeat has no end"


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a simulator behaves for so many `seconds` or `requests`, or from now on with neither.

    Of the phase's requests the `share` meets one of the `faults`, written as in a profile's
    `error_kinds`. `profile` changes other fields for as long. A phase without a name is called by
    its faults, or else `slow` where it changes the pace, or else `healthy`.
    """

    name: str = ""
    faults: str | tuple[str, ...] = ()
    share: Annotated[float, Meta(ge=0, le=1)] = 1.0
    seconds: Annotated[float, Meta(gt=0)] | None = None
    requests: Annotated[int, Meta(ge=1)] | None = None
    profile: dict[str, Any] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The faults as a list, also where one stands alone."""
        return (self.faults,) if isinstance(self.faults, str) else self.faults

    @property
    def is_endless(self) -> bool:
        return self.seconds is None and self.requests is None

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is wrong in it: neither faults nor changes of the profile."""
        return not self.kinds and not self.profile

    def applied_to(self, profile: Profile) -> Profile:
        """The profile as it is during the phase; raises FieldFault."""
        changes: dict[str, Any] = {**self.profile, "error_rate": 0.0}
        if self.kinds:
            changes |= {"error_rate": self.share, "error_kinds": self.kinds}
        return revised(profile, changes)


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phases one after another, once or again and again.

    After the last phase of a script that does not repeat, the profile alone holds.
    """

    phases: Annotated[tuple[Phase, ...], Meta(min_length=1)]
    repeat: bool = False


def read_script(content: object) -> Script:
    """The script that a mapping describes; raises FieldFault with the path of the field."""
    script = read_as(content, Script, what="script")
    for place, phase in enumerate(script.phases):
        _check(phase, f"phases[{place}]", may_be_endless=_is_last(script, place))
    return replace(script, phases=tuple(map(_named, script.phases)))


class _Scripts(Struct, frozen=True, forbid_unknown_fields=True):
    """Scripts by the names of the simulators that play them."""

    scripts: dict[str, Any]


def read_scripts(content: object) -> dict[str, Script]:
    """The scripts under `scripts`, by name; raises FieldFault with the path of the field."""
    scripts: dict[str, Script] = {}
    for name, script in read_as(content, _Scripts, what="scripts").scripts.items():
        try:
            scripts[name] = read_script(script)
        except FieldFault as fault:
            raise fault.below(f"scripts.{name}", whole="script") from fault
    return scripts


def described_script(script: Script) -> Mapping[str, object]:
    """The script as JSON can hold it, and as `read_script` reads it."""
    return dict(to_builtins(script))


def _is_last(script: Script, place: int) -> bool:
    return not script.repeat and place == len(script.phases) - 1


def _check(phase: Phase, place: str, *, may_be_endless: bool) -> None:
    if phase.seconds is not None and phase.requests is not None:
        raise FieldFault(f"{place}.requests", phase.requests, "seconds or requests, not both")
    if phase.is_endless and not may_be_endless:
        raise FieldFault(place, None, _ENDLESS)
    try:
        phase.applied_to(Profile())
    except FieldFault as fault:
        below = "faults" if fault.field == "error_kinds" else f"profile.{fault.field}"
        raise FieldFault(f"{place}.{below}", fault.value, fault.expected) from fault


def _named(phase: Phase) -> Phase:
    if phase.name:
        return phase
    words = [kind.partition("=")[0] for kind in phase.kinds]
    paced = any(field.endswith("_delay_seconds") for field in phase.profile)
    return replace(phase, name="+".join(words) or ("slow" if paced else "healthy"))
