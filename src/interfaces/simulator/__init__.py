"""Simulators: servers that speak providers' wire protocols and can fail on demand."""

from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.fields import FieldFault
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator, run_simulators

__all__ = ["Counts", "ErrorKind", "FieldFault", "Profile", "Simulator", "run_simulators"]
