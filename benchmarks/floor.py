"""The floor of a step: its own matrix products and nothing else, by whichever library is fastest.

A step of a network has, for each layer, u W forward, uᵀδ for the weights, and, above the first
layer, δ Wᵀ. Beside them Adam's update of all parameters, which no product can hide: it reads four
arrays of the network's size and writes three. Each library times them in a process of its own, no
other's threads beside it. Every part is a call: for networks so small that calls cost more than
arithmetic, a compiled step can be faster than its parts.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np

from benchmarks import interleave
from benchmarks.machine import threads
from benchmarks.workloads import LEARNING_RATE, Workload

UPDATE = "Adam"


def libraries() -> list[str]:
    """Return those that are installed."""
    return [name for name in _PRODUCTS if find_spec(name)]


def measure(workload: Workload, library: str, rounds: int, seconds: float) -> dict[str, float]:
    """Return the median seconds of each product of a step, and of its update where it can.

    Args:
        workload: Whose products.
        library: A key of ``libraries``.
        rounds: Turns of each product.
        seconds: Length of a turn, at least.
    """
    make = _PRODUCTS[library]
    runners = {name: _runner(make(*factors)) for name, *factors in _factors(workload)}
    if library in _UPDATES:
        runners[UPDATE] = _runner(_UPDATES[library](_weights(workload)))
    for run in runners.values():
        run(3)
    taken = interleave.measure(runners, rounds, seconds)
    return {name: median(samples) for name, samples in taken.items()}


def lowest(taken: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return the floor in seconds, and of each part of a step the library that is fastest.

    Args:
        taken: Seconds by part, by library.
    """

    def fastest(part: str) -> dict[str, Any]:
        library = min(
            (each for each in taken if part in taken[each]), key=lambda each: taken[each][part]
        )
        return {"name": part, "by": library, "seconds": taken[library][part]}

    parts = {part: fastest(part) for each in taken.values() for part in each}
    update = parts.pop(UPDATE, None)
    return {
        "seconds": sum(each["seconds"] for each in parts.values()),
        "products": list(parts.values()),
        "update": update,
    }


def _factors(workload: Workload) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield name and factors of each product."""
    random = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return random.standard_normal(shape, dtype=np.float32)

    for layer, (n_in, n_out) in enumerate(pairwise(workload.sizes), start=1):
        u, W, delta = draw(workload.batch, n_in), draw(n_in, n_out), draw(workload.batch, n_out)
        yield f"u W{layer}", u, W
        yield f"uT d{layer}", u.T, delta
        if layer > 1:
            yield f"d{layer} WT", delta, W.T


def _weights(workload: Workload) -> list[np.ndarray]:
    """Return arrays of the parameters' shapes."""
    shapes = [
        shape for n_in, n_out in pairwise(workload.sizes) for shape in ((n_in, n_out), (n_out,))
    ]
    return [np.full(shape, 0.1, np.float32) for shape in shapes]


def _by_numpy(left: np.ndarray, right: np.ndarray) -> Callable[[], Any]:
    return lambda: left @ right


def _by_jax(left: np.ndarray, right: np.ndarray) -> Callable[[], Any]:
    """Return JAX's product; its arrays are row-major, so a transposed factor is copied before."""
    import jax

    from compare.training.compiling import jitted

    multiply, a, b = jitted(jax.numpy.matmul), jax.numpy.asarray(left), jax.numpy.asarray(right)
    return lambda: multiply(a, b).block_until_ready()


def _by_torch(left: np.ndarray, right: np.ndarray) -> Callable[[], Any]:
    import torch

    torch.set_num_threads(threads())
    a, b = torch.from_numpy(left), torch.from_numpy(right)
    return lambda: a @ b


def _adam_by_jax(weights: list[np.ndarray]) -> Callable[[], Any]:
    import jax
    import optax

    from compare.training.compiling import jitted
    from compare.training.contexts import relaxed_promotion

    adam = optax.adam(LEARNING_RATE)
    gradients = [jax.numpy.asarray(each) for each in weights]

    def update(params: Any, state: Any, gradients: Any) -> tuple[Any, Any]:
        with relaxed_promotion():
            updates, state = adam.update(gradients, state)
        return optax.apply_updates(params, updates), state

    update_in_place = jitted(update, donate_argnums=(0, 1))
    # numpy's own memory is not given away
    now = jax.tree.map(jax.numpy.copy, (gradients, adam.init(gradients)))

    def once() -> None:
        nonlocal now
        now = jax.block_until_ready(update_in_place(*now, gradients))

    return once


def _adam_by_torch(weights: list[np.ndarray]) -> Callable[[], Any]:
    import torch

    torch.set_num_threads(threads())
    params = [torch.nn.Parameter(torch.from_numpy(each.copy())) for each in weights]
    for param, each in zip(params, weights, strict=True):
        param.grad = torch.from_numpy(each)
    return torch.optim.Adam(params, lr=LEARNING_RATE, fused=True).step


_PRODUCTS = {"numpy": _by_numpy, "jax": _by_jax, "torch": _by_torch}
_UPDATES = {"jax": _adam_by_jax, "torch": _adam_by_torch}


def _runner(product: Callable[[], Any]) -> interleave.Runner:
    def run(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            product()
        return time.perf_counter() - start

    return run
