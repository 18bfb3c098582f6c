"""The floor of a step: its own matrix products and nothing else, by whichever library is fastest.

A step of a network has, for each layer, u W forward, uᵀδ for the weights, and, above the first
layer, δ Wᵀ. Each library times them in a process of its own, no other's threads beside it.
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
from benchmarks.workloads import Workload


def libraries() -> list[str]:
    """Return those that are installed."""
    return [name for name in _PRODUCTS if find_spec(name)]


def measure(workload: Workload, library: str, rounds: int, seconds: float) -> dict[str, float]:
    """Return the median seconds of each product of a step.

    Args:
        workload: Whose products.
        library: A key of ``libraries``.
        rounds: Turns of each product.
        seconds: Length of a turn, at least.
    """
    make = _PRODUCTS[library]
    runners = {name: _runner(make(*factors)) for name, *factors in _factors(workload)}
    for run in runners.values():
        run(3)
    taken = interleave.measure(runners, rounds, seconds)
    return {name: median(samples) for name, samples in taken.items()}


def lowest(taken: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return the floor in seconds, and of each product the library that is fastest.

    Args:
        taken: Seconds by product, by library.
    """
    products = []
    for name in next(iter(taken.values())):
        library = min(taken, key=lambda each: taken[each][name])
        products.append({"name": name, "by": library, "seconds": taken[library][name]})
    return {"seconds": sum(each["seconds"] for each in products), "products": products}


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


def _by_numpy(left: np.ndarray, right: np.ndarray) -> Callable[[], Any]:
    return lambda: left @ right


def _by_jax(left: np.ndarray, right: np.ndarray) -> Callable[[], Any]:
    """Return JAX's product; its arrays are row-major, so a transposed factor is copied before."""
    import jax

    multiply, a, b = jax.jit(jax.numpy.matmul), jax.numpy.asarray(left), jax.numpy.asarray(right)
    return lambda: multiply(a, b).block_until_ready()


def _by_torch(left: np.ndarray, right: np.ndarray) -> Callable[[], Any]:
    import torch

    torch.set_num_threads(threads())
    a, b = torch.from_numpy(left), torch.from_numpy(right)
    return lambda: a @ b


_PRODUCTS = {"numpy": _by_numpy, "jax": _by_jax, "torch": _by_torch}


def _runner(product: Callable[[], Any]) -> interleave.Runner:
    def run(times: int) -> float:
        start = time.perf_counter()
        for _ in range(times):
            product()
        return time.perf_counter() - start

    return run
