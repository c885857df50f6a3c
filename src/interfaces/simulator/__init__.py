"""Simulators: servers that speak providers' wire protocols and can fail on demand."""

from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.profile import ErrorKind, Profile, ProfileFault
from turnout.interfaces.simulator.server import Simulator, run_simulators

__all__ = ["Counts", "ErrorKind", "Profile", "ProfileFault", "Simulator", "run_simulators"]
