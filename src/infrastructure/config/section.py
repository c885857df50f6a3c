"""What every section of `turnout.yaml` is made of: bounded numbers, short forms, no unknown key."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def no_bool(value: object) -> object:
    """Refuse what pydantic would take for 0 or 1."""
    if isinstance(value, bool):
        raise ValueError("a number")
    return value


def mapping_of(value: object, short: type, key: str, expected: str) -> object:
    """Spell out a short form: a bare value of type `short` stands for `{key: value}`."""
    if isinstance(value, short):
        return {key: value}
    if isinstance(value, (dict, BaseModel)):
        return value
    raise ValueError(expected)


Number = Annotated[float, BeforeValidator(no_bool), Field(gt=0, allow_inf_nan=False)]
Seconds = Annotated[float, BeforeValidator(no_bool), Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, BeforeValidator(no_bool), Field(gt=0, le=1)]
Whole = Annotated[int, BeforeValidator(no_bool), Field(ge=1)]
Count = Annotated[int, BeforeValidator(no_bool), Field(ge=0)]


class Section(BaseModel):
    """A part of the file. Unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)
