"""The sections of `turnout.yaml` that say what is told of requests, and to whom."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from turnout.infrastructure.config.section import Number, Section, no_bool

Part = Annotated[float, BeforeValidator(no_bool), Field(ge=0, le=1)]


def _off(value: object) -> object:
    return "off" if value is False else value  # YAML reads a bare `off` as false


class Traces(Section):
    """Where spans go to, by OTLP over HTTP; without an endpoint nothing is traced."""

    endpoint: str | None = Field(default=None, pattern=r"^https?://")
    share: Part = 0.01
    headers: dict[str, str] = Field(default={})
    timeout_seconds: Number = 10.0
    service_name: str = Field(default="turnout", min_length=1)


class Telemetry(Section):
    """What is told beside metrics, which the control plane has at `/metrics`."""

    traces: Traces = Traces()


class Logging(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
    access: Annotated[Literal["off", "errors", "all"], BeforeValidator(_off)] = "off"
    access_share: Part = 1.0
