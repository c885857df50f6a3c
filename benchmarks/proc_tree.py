"""What a process and all its descendants used, read from /proc (Linux; see proc(5))."""

import os
from collections import defaultdict
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PPID, _UTIME, _CSTIME = 1, 11, 14
"""Positions after the command's closing parenthesis in /proc/PID/stat."""


def members(root: int) -> list[int]:
    """`root` and every process below it that is alive."""
    return list(_children(root))


def cpu_seconds(root: int) -> float:
    """User and system time of the tree, that of its reaped children included."""
    ticks = 0
    for pid in members(root):
        if fields := _stat(pid):
            ticks += sum(map(int, fields[_UTIME : _CSTIME + 1]))
    return ticks / _TICKS_PER_SECOND


def worker_resident_bytes(root: int) -> int:
    """Resident memory of the biggest process without children: a gateway's worker."""
    leaves = [pid for pid, children in _children(root).items() if not children]
    return max(_kilobytes(pid, "status", "VmRSS") for pid in leaves) * 1024


def proportional_bytes(root: int) -> int:
    """Memory of the whole tree, pages that its processes share counted once."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in members(root)) * 1024


def open_descriptors(pid: int) -> int:
    """How many files and sockets a process has open; 0 once it is gone."""
    try:
        return len(os.listdir(_PROC / str(pid) / "fd"))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _children(root: int) -> dict[int, list[int]]:
    """Each process of the tree with those that it started, `root` first."""
    started: defaultdict[int, list[int]] = defaultdict(list)
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            started[int(fields[_PPID])].append(int(entry.name))
    found = [root]
    for pid in found:
        found += started[pid]
    return {pid: started[pid] for pid in found}


def _stat(pid: int) -> list[str]:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def _kilobytes(pid: int, file: str, label: str) -> int:
    try:
        text = (_PROC / str(pid) / file).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    values = (line.split()[1] for line in text.splitlines() if line.startswith(f"{label}:"))
    return int(next(values, 0))
