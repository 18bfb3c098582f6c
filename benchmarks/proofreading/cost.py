"""``python -m benchmarks.proofreading.cost``: seconds of a check against the number of parameters.

A right three-layer derivation; beside it one compilation of ``jax.value_and_grad`` of the same
loss, and torch's gradcheck of the same gradient, which evaluates the loss twice a parameter.
Medians of rounds, in each of which nothing is compiled yet.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import machine, results
from benchmarks.table import grid
from compare import check_gradient

KEPT = results.KEPT.with_name("proofreading_cost.json")
SIZES, ROUNDS = (1e3, 1e4, 1e5, 1e6, 1e7), 3
QUICK = (1e3, 1e4)
#: Above so many parameters gradcheck would take hours.
_MOST_BY_TORCH = 2e4
_ROWS = 32


def loss(weights: Sequence[jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
    """Mean over rows of the squared error of a network without biases."""
    for weight in weights[:-1]:
        x = jnp.tanh(x @ weight)
    return jnp.mean(jnp.sum((x @ weights[-1] - y) ** 2, axis=1))


def gradient(weights: Sequence[jax.Array], x: jax.Array, y: jax.Array) -> list[jax.Array]:
    """Its gradient, by hand."""
    values = [x]
    for weight in weights[:-1]:
        values.append(jnp.tanh(values[-1] @ weight))
    delta = 2 * (values[-1] @ weights[-1] - y) / x.shape[0]
    found = []
    for weight, u in zip(reversed(weights), reversed(values), strict=True):
        found.append(u.T @ delta)
        delta = delta @ weight.T * (1 - u**2)
    return found[::-1]


def measure(count: float, rounds: int) -> dict[str, Any]:
    """Return the median seconds that each takes at about so many parameters, in turn."""
    width = round((count / 3) ** 0.5)
    keys = jax.random.split(jax.random.key(0), 5)
    weights = [jax.random.normal(key, (width, width)) / width**0.5 for key in keys[:3]]
    x, y = (jax.random.normal(key, (_ROWS, width)) for key in keys[3:])
    contenders: dict[str, Callable[[], Any]] = {
        "check": lambda: check_gradient(loss, gradient, weights, x, y).raise_if_wrong(),
        "compilation": lambda: _compiled(weights, x, y),
    }
    if importlib.util.find_spec("torch") is not None and count <= _MOST_BY_TORCH:
        contenders["torch gradcheck"] = lambda: _by_torch(weights, x, y)
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            jax.clear_caches()  # each begins as the first call of a program does
            taken[name].append(_seconds(work))
    medians = {name: median(seconds) for name, seconds in taken.items()}
    return {"parameters": 3 * width**2, **medians, "rounds": rounds}


def _compiled(weights: Sequence[jax.Array], x: jax.Array, y: jax.Array) -> Any:
    return jax.jit(jax.value_and_grad(loss)).lower(weights, x, y).compile()  # type: ignore[arg-type]


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _by_torch(weights: Sequence[jax.Array], x: jax.Array, y: jax.Array) -> None:
    import torch  # an extra of the benchmarks

    given = [torch.tensor(np.asarray(w, np.float64), requires_grad=True) for w in weights]
    rows, wanted = (torch.tensor(np.asarray(a, np.float64)) for a in (x, y))

    def network(*parameters: Any) -> Any:
        u = rows
        for weight in parameters[:-1]:
            u = torch.tanh(u @ weight)
        return ((u @ parameters[-1] - wanted) ** 2).sum(1).mean()

    torch.autograd.gradcheck(network, given)


def plain(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table."""
    heads = ("parameters", "check", "one compilation", "5 of these + 1 s", "torch gradcheck")
    lines = [
        (
            f"{row['parameters']:,}",
            f"{row['check']:.2f} s",
            f"{row['compilation']:.2f} s",
            f"{5 * row['compilation'] + 1:.2f} s",
            f"{row['torch gradcheck']:.2f} s" if "torch gradcheck" in row else "-",
        )
        for row in rows
    ]
    return grid([heads, *lines])


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser("python -m benchmarks.proofreading.cost", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two sizes, once; not kept")
    parser.add_argument("--out", type=results.file, help="where to keep the record")
    asked = parser.parse_args(argv)
    measure(QUICK[0], 1)  # what is loaded and compiled once in a process, before anything counts
    sizes, rounds = (QUICK, 1) if asked.quick else (SIZES, ROUNDS)
    rows = [measure(count, rounds) for count in sizes]
    print(plain(rows))
    if out := asked.out or (None if asked.quick else KEPT):
        record = {"machine": machine.describe(), "rows": rows}
        out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
