"""What every body that the control plane accepts is made of: strict types with bounds."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LARGEST = 2**31 - 1
STRICT = ConfigDict(extra="forbid", strict=True)


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("text without a NUL character")
    return text


Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_storable)]
Count = Annotated[int, Field(ge=1, le=LARGEST)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]
Relaxed = Field(strict=False)  # JSON has no enumerations: their words are texts


class Body(BaseModel):
    """A request's body."""

    model_config = STRICT
