"""The health records of every deployment, in memory, one event loop's own."""

from turnout.domain.health.health_record import HealthRecord
from turnout.domain.shared.ids import DeploymentId


class HealthBoard:
    """Finds or begins a deployment's record."""

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: dict[DeploymentId, HealthRecord] = {}

    def of(self, deployment: DeploymentId) -> HealthRecord:
        """Return the record of `deployment`."""
        record = self._records.get(deployment)
        if record is None:
            record = self._records[deployment] = HealthRecord(deployment)
        return record

    def all(self) -> tuple[HealthRecord, ...]:
        """Return every record that has been begun."""
        return tuple(self._records.values())
