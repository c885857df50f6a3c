"""The examples below deploy/ name only what there is: commands, options, keys, paths, ports."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from turnout.application.commands.apply_configuration import DeclaredConfiguration
from turnout.bootstrap.__main__ import ACTIONS
from turnout.bootstrap.configuration import known_vendors, today
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.config.loader import ConfigurationLoader
from turnout.infrastructure.config.schema import Server
from turnout.interfaces.cli.app import make_cli

DEPLOY = Path(__file__).parents[2] / "deploy"
SECRETS = {
    line.partition("=")[0]: "a-value-for-the-test"
    for line in (DEPLOY / "docker/secrets.example").read_text().split()
}
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def documents(file: Path) -> list[Any]:
    return list(yaml.safe_load_all(file.read_text()))


def loaded(text: str, folder: Path, environ: dict[str, str]) -> DeclaredConfiguration:
    file = folder / "turnout.yaml"
    file.write_text(text)
    return ConfigurationLoader(known_vendors(), {**SECRETS, **environ}, today()).load(file).declared


def containers() -> list[Any]:
    pods = [d for file in KUBERNETES for d in documents(file) if d["kind"] == "Deployment"]
    return [pod["spec"]["template"]["spec"]["containers"][0] for pod in pods]


def commands() -> list[list[str]]:
    unit = (DEPLOY / "systemd/turnout.service").read_text()
    start = re.search(r"ExecStart=\S+/turnout (.*)", unit)
    docker = re.search(r"^CMD (\[.*\])", (DEPLOY / "docker/Dockerfile").read_text(), re.MULTILINE)
    assert start is not None and docker is not None
    return [start[1].split(), yaml.safe_load(docker[1]), *(each["args"] for each in containers())]


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_commands_and_options_are_there(arguments: list[str]) -> None:
    group: Any = get_command(make_cli(ACTIONS))
    serve = group.commands[arguments[0]]
    with serve.make_context("serve", arguments[1:]) as context:
        assert str(context.params["config"]) == "/etc/turnout/turnout.yaml"


def test_configurations_are_good_with_the_secrets_that_are_asked_for(tmp_path: Path) -> None:
    composed = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())["services"]["turnout"]
    overrides = {k: v for k, v in composed["environment"].items() if k.startswith("TURNOUT__")}
    assert set(composed["environment"]) == set(SECRETS) | set(overrides)
    (mapped,) = (d for f in KUBERNETES for d in documents(f) if d["kind"] == "ConfigMap")
    for text in ((DEPLOY / "docker/turnout.yaml").read_text(), mapped["data"]["turnout.yaml"]):
        assert ProviderId("openai") in loaded(text, tmp_path, overrides).providers


def test_what_pods_override_is_there(tmp_path: Path) -> None:
    for container in containers():
        environ = {each["name"]: each["value"] for each in container["env"]}
        assert loaded("{}", tmp_path, environ).providers == {}


def test_ports_and_probes_are_those_of_the_planes() -> None:
    ports = {each["args"][-1]: each["ports"][0]["containerPort"] for each in containers()}
    assert ports == {"data": Server().port, "control": Server().control_port}
    api = (DEPLOY.parent / "docs/api.md").read_text()
    for container in containers():
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert f"GET {container[probe]['httpGet']['path']}`" in api


def test_nothing_runs_as_root_or_writes_where_it_need_not() -> None:
    for container in containers():
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert re.search(r"^USER 1", (DEPLOY / "docker/Dockerfile").read_text(), re.MULTILINE)


def test_the_proxy_lets_streams_through_and_allows_what_the_gateway_does() -> None:
    conf = (DEPLOY / "nginx/turnout.conf").read_text()
    assert conf.count("proxy_buffering off;") == conf.count("proxy_pass ") == 2
    assert f"127.0.0.1:{Server().port};" in conf and f"127.0.0.1:{Server().control_port};" in conf
    assert f"client_max_body_size {Server().max_body_bytes >> 20}m;" in conf
    idle = re.search(r"keepalive_timeout (\d+)s", conf)
    assert idle is not None and int(idle[1]) < Server().head_seconds
