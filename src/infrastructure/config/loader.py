"""Reads `turnout.yaml` and what lies over it: the environment's file, references, variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath

from turnout.application.commands.apply_configuration import DeclaredConfiguration
from turnout.infrastructure.config.checking import checked
from turnout.infrastructure.config.credentials import literal_keys
from turnout.infrastructure.config.declaration import Declaring, KnownVendor
from turnout.infrastructure.config.documents import tree_of
from turnout.infrastructure.config.faults import ConfigurationFaults, Fault, Origin
from turnout.infrastructure.config.interpolation import interpolated
from turnout.infrastructure.config.overrides import PREFIX, overridden
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.tree import Node, merged, nearest, planted


@dataclass(frozen=True, slots=True)
class LoadedConfiguration:
    """A configuration that is whole and right.

    `literal_secrets` are keys that stand in the file itself, by the reference that the store holds
    in their place. `tree` tells where each value came from.
    """

    settings: Settings
    declared: DeclaredConfiguration
    literal_secrets: Mapping[str, str]
    tree: Node


@dataclass(frozen=True, slots=True)
class ConfigurationLoader:
    """Loads and checks; `environ` is the environment's variables, `today` decides prices."""

    vendors: Mapping[str, KnownVendor]
    environ: Mapping[str, str]
    today: date

    def load(self, path: FilePath) -> LoadedConfiguration:
        """Read the file at `path` and its layers. Raises ConfigurationFaults with every fault."""
        return self._checked(overridden(self._files(path), self.environ))

    def loaded(self, content: Mapping[str, object], origin: Origin) -> LoadedConfiguration:
        """Check what a mapping says that came from `origin`. Raises ConfigurationFaults."""
        return self._checked(planted(content, origin))

    def _checked(self, tree: Node) -> LoadedConfiguration:
        faults: list[Fault] = []
        tree = interpolated(tree, self.environ, faults)
        settings, broken = checked(tree)
        faults += broken
        if settings is None:
            raise ConfigurationFaults(faults)
        declared = Declaring(settings, tree, self.vendors, self.today, faults).declared()
        if faults:
            raise ConfigurationFaults(faults)
        return LoadedConfiguration(settings, declared, literal_keys(settings), tree)

    def _files(self, path: FilePath) -> Node:
        tree = tree_of(path)
        environment = self.environ.get(f"{PREFIX}METADATA__ENVIRONMENT")
        if environment is None:
            node = nearest(tree, ("metadata", "environment"))
            environment = node.value if isinstance(node.value, str) else "development"
        beside = path.with_name(f"{path.stem}.{environment}{path.suffix}")
        return merged(tree, tree_of(beside)) if beside.is_file() else tree
