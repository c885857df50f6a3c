from turnout.infrastructure.config.credentials import literal_keys, place_of, references_of
from turnout.infrastructure.config.schema import Model, ProviderEntry, Settings

MODELS = [Model(name="m")]


def test_references_stay_and_literals_become_one() -> None:
    one = ProviderEntry(models=MODELS, api_key="sk-literal")
    assert references_of("mine", one) == ("config:mine",)
    several = ProviderEntry(models=MODELS, api_keys=["${A}", "sk-literal", "file:/run/b"])
    assert references_of("mine", several) == ("${A}", "config:mine#2", "file:/run/b")
    assert references_of("mine", ProviderEntry(models=MODELS)) == ()


def test_literals_are_found_by_the_references_to_them() -> None:
    settings = Settings(
        ai_providers={
            "one": ProviderEntry(models=MODELS, api_key="sk-1"),
            "two": ProviderEntry(models=MODELS, api_keys=["${A}", "sk-2"]),
        }
    )
    assert literal_keys(settings) == {"config:one": "sk-1", "config:two#2": "sk-2"}


def test_a_reference_tells_where_the_key_stands() -> None:
    assert place_of("config:one") == "ai_providers.one.api_key"
    assert place_of("config:two#2") == "ai_providers.two.api_keys[1]"
