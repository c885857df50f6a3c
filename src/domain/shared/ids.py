"""Names of things, as types: a provider's name is not a chain's name."""

from typing import NewType

ProviderId = NewType("ProviderId", str)
"""The operator's name for a provider: the key under `ai_providers`."""

DeploymentId = NewType("DeploymentId", str)
"""`provider/model`."""

ChainId = NewType("ChainId", str)
"""The operator's name for a fallback chain, which callers may use as a model."""

KeyId = NewType("KeyId", str)
"""Turnout's own name for an access key; no secret, and never given again."""

RequestId = NewType("RequestId", str)
"""Turnout's own name for one relayed request."""


def deployment_id(provider: ProviderId, model: str) -> DeploymentId:
    """Return the id of `model` at `provider`."""
    return DeploymentId(f"{provider}/{model}")
