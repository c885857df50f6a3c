"""A process has one row, its latest report."""

from turnout.infrastructure.persistence.report_link import LinkedReports
from turnout.infrastructure.persistence.store_link import store_link


async def test_the_latest_report_stays(database_url: str) -> None:
    link = store_link(database_url)
    reports = LinkedReports(link)
    await reports.put("host:1", 10.0, "{}")
    await reports.put("host:1", 12.0, '{"counters":{}}')
    await reports.put("host:2", 11.0, "{}")
    rows = await link.rows("SELECT worker, at, body, folded FROM worker_report ORDER BY worker")
    assert rows == [("host:1", 12.0, '{"counters":{}}', None), ("host:2", 11.0, "{}", None)]
    await link.close()
