"""Turns: every contender once a round, each round begun by another; drift hits all alike."""

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

#: ``run(n)`` does something n times and returns the seconds that took.
Runner: TypeAlias = Callable[[int], float]


def measure(runners: Mapping[str, Runner], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Return seconds per repetition for each runner, one number a round.

    Args:
        runners: By name.
        rounds: Turns of each.
        seconds: How long a turn should last at least.
    """
    repeats = {name: _repeats(run, seconds) for name, run in runners.items()}
    taken: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(runners[name](repeats[name]) / repeats[name])
    return taken


def _repeats(run: Runner, seconds: float) -> int:
    """Return how many repetitions last so long, from doubling until they nearly do."""
    repeats = 1
    while (took := run(repeats)) < seconds / 2:
        repeats *= 2
    return max(1, math.ceil(repeats * seconds / took))
