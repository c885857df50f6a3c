"""Rules and dashboards name metrics, labels and keys that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import page, rows, words
from turnout.infrastructure.telemetry.catalog import CATALOG
from turnout.infrastructure.telemetry.metric import Kind

PAGE = "observability.md"
DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "turnout.rules.yml"
DASHBOARD = DEPLOY / "grafana" / "turnout.json"
_NAMES = re.compile(r"\b(?:turnout|gen_ai)_[a-z_]+(?=[{\[\s)]|$)")
_PARTS = ("_bucket", "_count", "_sum")


def told() -> set[str]:
    """Return every name that a query may have."""
    names = set(CATALOG)
    for name, metric in CATALOG.items():
        if metric.kind is Kind.HISTOGRAM:
            names |= {name + part for part in _PARTS}
        names |= set(metric.labels)
    return names


def rules() -> Iterator[tuple[str, str]]:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            yield rule.get("alert") or rule["record"], rule["expr"]


def panels() -> Iterator[tuple[str, str]]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.mark.parametrize(("name", "query"), [*rules(), *panels()])
def test_every_metric_of_a_query_exists(name: str, query: str) -> None:
    assert set(_NAMES.findall(query)) <= told(), name


def test_every_recorded_name_that_is_used_is_recorded() -> None:
    recorded = {name for name, _ in rules() if ":" in name}
    used = {found for _, query in rules() for found in re.findall(r"turnout:[a-z_0-9:]+", query)}
    assert used <= recorded


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
                assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]


def test_the_dashboard_shows_every_metric_but_a_few() -> None:
    shown = {name for _, query in panels() for name in _NAMES.findall(query)}
    bare = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    unshown = {
        "turnout_build_info",
        "turnout_config_last_reload_success_timestamp_seconds",
        "turnout_config_last_reload_successful",
        "turnout_spans_dropped_total",
        "turnout_unpriced_attempts_total",
        "turnout_workers",
    }
    assert set(CATALOG) - bare - unshown == set()


def test_the_page_lists_every_metric_with_its_labels() -> None:
    listed = {words(cells[0])[0]: tuple(words(cells[1])) for _, cells in rows(page(PAGE), "metric")}
    assert listed == {name: metric.labels for name, metric in CATALOG.items()}
