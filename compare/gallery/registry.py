"""All systems by name, in the order of the lectures."""

from collections.abc import Mapping
from types import MappingProxyType

from compare.gallery import (
    cases,
    choices,
    dag,
    deep_activations,
    estimates,
    herd,
    learning_rates,
    linear_net,
    locality,
    minima,
    mixed,
    modes,
    multiply,
    neurons,
    noise,
    notations,
    perceptron,
    playground,
    recipe,
    regions,
    regressions,
    splits,
    surfaces,
    threshold,
    transform,
    unstable,
    zeros_ones,
)
from compare.gallery.system import System

_MODULES = (
    transform,
    regressions,
    notations,
    dag,
    playground,
    perceptron,
    choices,
    cases,
    estimates,
    surfaces,
    regions,
    deep_activations,
    modes,
    learning_rates,
    noise,
    unstable,
    herd,
    linear_net,
    recipe,
    mixed,
    splits,
    threshold,
    zeros_ones,
    neurons,
    locality,
    minima,
    multiply,
)

systems: Mapping[str, System] = MappingProxyType(
    {module.SYSTEM.name: module.SYSTEM for module in _MODULES}
)


def entries() -> dict[str, System]:
    """Return the system of every entry of the lectures' list, "S0-1" to "S4-4"."""
    return dict(sorted((entry, system) for system in systems.values() for entry in system.entries))
