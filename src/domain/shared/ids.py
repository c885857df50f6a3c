"""Names of things, as types: a provider's name is not a chain's name."""

from typing import NewType

ProviderId = NewType("ProviderId", str)
"""The operator's name for a provider: the key under `ai_providers`."""

DeploymentId = NewType("DeploymentId", str)
"""`provider/model`, or `provider/model#2` for the provider's second account."""

ChainId = NewType("ChainId", str)
"""The operator's name for a fallback chain, which callers may use as a model."""

KeyId = NewType("KeyId", str)
"""Turnout's own name for an access key; no secret, and never given again."""

BudgetId = NewType("BudgetId", str)
"""The operator's name for a budget."""

RequestId = NewType("RequestId", str)
"""Turnout's own name for one relayed request."""


def deployment_id(provider: ProviderId, model: str, account: int = 1) -> DeploymentId:
    """Return the id of `model` at `provider`, for the account of this number from 1."""
    return DeploymentId(f"{provider}/{model}" if account == 1 else f"{provider}/{model}#{account}")
