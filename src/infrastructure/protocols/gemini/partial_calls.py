"""Function calls whose arguments come piece by piece.

Source: Vertex AI, `streamFunctionCallArguments`: the first part names the function, the following
ones hold values at JSON paths, text values in several pieces, and the last one holds nothing.
"""

import re

import msgspec

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']*)'\]")


class PartialArg(msgspec.Struct, gc=False):
    """One value, or a piece of a text value, at a path such as `$.trip.stops[0].city`."""

    jsonPath: str = ""
    stringValue: str | None = None
    numberValue: float | None = None
    boolValue: bool | None = None

    @property
    def value(self) -> object:
        """The value, None for JSON's null."""
        given = (self.stringValue, self.numberValue, self.boolValue)
        return next((value for value in given if value is not None), None)


class PartialArguments:
    """The arguments of one call under way."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, object] = {}
        """Values by path, in the order in which they came."""

    def add(self, arg: PartialArg) -> None:
        """Take in a value, or the next piece of one."""
        before = self._values.get(arg.jsonPath)
        if isinstance(before, str) and isinstance(arg.value, str):
            self._values[arg.jsonPath] = before + arg.value
        else:
            self._values[arg.jsonPath] = arg.value

    def json(self) -> str:
        """Return the arguments as far as they have come."""
        root: dict[str, object] = {}
        for path, value in self._values.items():
            steps = [key or quoted or int(index) for key, index, quoted in _STEP.findall(path)]
            if steps:
                _put(root, steps, value)
        return msgspec.json.encode(root).decode()


def _put(root: dict[str, object], steps: list[str | int], value: object) -> None:
    """Set a value deep in nested objects and lists, making those that are missing."""
    place: object = root
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        fresh: object = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(place, list) and isinstance(step, int):
            if step >= len(place):
                place.append(fresh)
            place = place[-1]
        elif isinstance(place, dict):
            place = place.setdefault(str(step), fresh)
