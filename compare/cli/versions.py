"""Which versions are at work, without importing anything heavy."""

import platform
from importlib import metadata


def versions() -> dict[str, str]:
    """Return the version of this distribution, of what decides its numbers, and of Python."""
    names = ("handgrad", "jax", "jaxlib", "optax", "numpy")
    return {**{name: _version(name) for name in names}, "Python": platform.python_version()}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"  # run from its sources
