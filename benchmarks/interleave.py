"""Turns: every contender once a round, each round begun by another; drift hits all alike.

The one before is the same in all rounds but one, so what it leaves running would always hit the
same contender: between processes there is a rest.
"""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jax

#: ``run(n)`` does something n times and returns the seconds that took.
Runner: TypeAlias = Callable[[int], float]


def measure(
    runners: Mapping[str, Runner], rounds: int, seconds: float, rest: float = 0.0
) -> dict[str, list[float]]:
    """Return seconds per repetition for each runner, one number a round.

    Args:
        runners: By name.
        rounds: Turns of each.
        seconds: How long a turn should last at least.
        rest: Seconds of quiet before each turn.
    """
    repeats = {name: _repeats(run, seconds) for name, run in runners.items()}
    taken: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            time.sleep(rest)
            taken[name].append(runners[name](repeats[name]) / repeats[name])
    return taken


def repeated(program: Callable[..., Any], args: tuple[Any, ...]) -> Runner:
    """Return what calls a compiled program so many times and waits for the last result."""

    def run(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            result = program(*args)
        jax.block_until_ready(result)
        return time.perf_counter() - start

    return run


def _repeats(run: Runner, seconds: float) -> int:
    """Return how many repetitions last so long, from doubling until they nearly do."""
    repeats = 1
    while (took := run(repeats)) < seconds / 2:
        repeats *= 2
    return max(1, math.ceil(repeats * seconds / took))
