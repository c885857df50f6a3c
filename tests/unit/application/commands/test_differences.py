from dataclasses import replace
from decimal import Decimal

from tests.support.catalog import OPENAI, chain_of, full_rules, full_settings, plain_settings

from turnout.application.commands.differences import FieldChange, differences
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.routing.fallback_chain import ChainRules, Target

SETTINGS = full_settings(OPENAI)


def test_equal_entries_do_not_differ() -> None:
    assert differences(SETTINGS, full_settings(OPENAI)) == ()
    assert differences(full_rules(), full_rules()) == ()


def test_each_field_is_told_by_its_path() -> None:
    after = replace(
        SETTINGS,
        enabled=True,
        timeouts=Timeouts(1.5, 2.5, 3.5, 60),
        options={"api_version": "2025-01-01", "region": "x"},
    )
    assert differences(SETTINGS, after) == (
        FieldChange("enabled", "false", "true"),
        FieldChange("options.api_version", "2024-10-21", "2025-01-01"),
        FieldChange("options.region", None, "x"),
        FieldChange("timeouts.total_seconds", "4.5", "60"),
    )


def test_models_are_told_apart_by_name() -> None:
    large, second = SETTINGS.deployments
    dearer = replace(large, price=Price(Decimal("3.00"), Decimal("10")))
    moved = replace(SETTINGS, deployments=(second, dearer))
    assert differences(SETTINGS, moved) == (
        FieldChange("models.large.price.input", "2.5", "3"),
        FieldChange("models.large.price.cached_input", "1.25", None),
    )


def test_a_secret_is_seen_to_change_and_not_to_be_anything() -> None:
    before = replace(
        plain_settings(OPENAI, "m"),
        credential="sk-old",
        further_credentials=("${A}", "sk-second"),
        headers={"x-api-key": "old", "x-team": "a"},
    )
    after = replace(
        before,
        credential="${KEY}",
        further_credentials=("sk-third",),
        headers={"x-api-key": "new", "x-team": "b"},
    )
    assert differences(before, after) == (
        FieldChange("credential", "***", "${KEY}"),
        FieldChange("headers.x-api-key", "***", "***"),
        FieldChange("headers.x-team", "a", "b"),
        FieldChange("further_credentials", "[${A}, ***]", "[***]"),
    )


def test_a_chains_tiers_are_shown_whole() -> None:
    before = chain_of("openai/gpt", "google")
    tiers = ((Target.parse("openai", weight=3), Target.parse("google")),)
    assert differences(before, ChainRules(tiers, max_attempts=2)) == (
        FieldChange("tiers", "[[openai/gpt], [google]]", "[[openai (weight 3), google]]"),
        FieldChange("max_attempts", "6", "2"),
    )
