"""Where a run was made: enough to judge its numbers, nothing that names the machine."""

import os
import platform
from pathlib import Path


def threads() -> int:
    """Return how many threads each engine may use: all cores that this process may."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe() -> dict[str, str | int]:
    """Return processor, cores, system and Python."""
    return {
        "cpu": cpu(),
        "threads": threads(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def cpu(table: Path = Path("/proc/cpuinfo")) -> str:
    """Return what the processor calls itself."""
    if table.is_file():
        for line in table.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load() -> float:
    """Return how busy the machine is already, in processes that want to run."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
