"""What the numbers were measured on: they mean little without it."""

import os
import platform
from pathlib import Path


def description() -> dict[str, str]:
    """Processor, cores, memory, kernel, Python and how busy the machine was."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "Processor": _first_value("/proc/cpuinfo", "model name"),
        "Cores": str(len(os.sched_getaffinity(0))),
        "Memory": f"{int(_first_value('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB",
        "Kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Load before (1, 5, 15 min)": load,
    }


def _first_value(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return "unknown"
