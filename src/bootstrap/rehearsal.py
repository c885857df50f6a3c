"""`turnout rehearse`: a scenario from its file, and virtual time put together."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from turnout.application.rehearsal.demand import Demand
from turnout.application.rehearsal.policies import AS_CONFIGURED, Policies, compared
from turnout.application.rehearsal.rehearse import Rehearsal
from turnout.bootstrap.configuration import known_vendors, today
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain
from turnout.domain.routing.route import bind
from turnout.domain.shared.ids import ChainId
from turnout.infrastructure.config.documents import Document, read_document
from turnout.infrastructure.config.faults import ConfigurationFaults, Origin
from turnout.infrastructure.config.loader import ConfigurationLoader
from turnout.infrastructure.system.dice import SeededDice
from turnout.interfaces.cli.actions import BadConfiguration, RehearsalOptions
from turnout.interfaces.rehearsal.planned import conducts_of, demand_of
from turnout.interfaces.rehearsal.report import RehearsalReport, Run, run_of
from turnout.interfaces.rehearsal.scenario import RehearsalScenario, read_rehearsal
from turnout.interfaces.simulator.fields import FieldFault

Told = Callable[[str], None]


def rehearse(options: RehearsalOptions, told: Told) -> RehearsalReport:
    """Rehearse the scenario; `told` hears what is being done. Raises BadConfiguration."""
    document = _document(options.scenario)
    try:
        scenario = read_rehearsal(document.content, options.scenario.stem)
        rehearsal = _rehearsal(scenario, options)
        demand = demand_of(scenario, options.requests, day=options.day)
        sample = demand_of(scenario, options.sample, day=options.day) if options.sample else None
    except FieldFault as fault:
        raise BadConfiguration([f"{document.place_of(fault.field)}: {fault}"]) from None
    told(f"{demand.requests} requests as configured")
    main = _run(rehearsal, demand, AS_CONFIGURED)
    runs: list[Run] = []
    if sample is not None:
        thinned = rehearsal.thinned(sample.requests / demand.requests)
        for policies in compared(rehearsal.route):
            told(f"{sample.requests} requests {policies.name}")
            runs.append(_run(thinned, sample, policies))
    return RehearsalReport(
        scenario=scenario.name,
        description=scenario.description,
        seed=options.seed,
        day=options.day,
        run=main,
        compared=runs,
    )


def _rehearsal(scenario: RehearsalScenario, options: RehearsalOptions) -> Rehearsal:
    loader = ConfigurationLoader(known_vendors(), {}, today())
    try:
        loaded = loader.loaded(scenario.configuration(), Origin(str(options.scenario)))
    except ConfigurationFaults as bad:
        raise BadConfiguration(str(fault) for fault in bad.faults) from None
    declared = loaded.declared
    providers = {id: Provider.register(id, settings) for id, settings in declared.providers.items()}
    chain = ChainId(scenario.name)
    route = bind(FallbackChain.define(chain, declared.chains[chain]), providers, {})
    return Rehearsal(
        route,
        providers,
        conducts_of(scenario),
        lambda purpose: SeededDice(f"{options.seed} {purpose}"),
    )


def _run(rehearsal: Rehearsal, demand: Demand, policies: Policies) -> Run:
    began = time.perf_counter()
    with _without_collector():
        tally = rehearsal.run(demand, policies)
    return run_of(policies.name, tally, time.perf_counter() - began)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let reference counts alone free what requests leave behind: there are no cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _document(path: Path) -> Document:
    try:
        return read_document(path)
    except ConfigurationFaults as bad:
        raise BadConfiguration(str(fault) for fault in bad.faults) from None
