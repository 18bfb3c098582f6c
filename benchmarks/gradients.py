"""The gradient alone: how long the hand derivation takes beside autodiff, and what memory."""

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks import interleave
from benchmarks.workloads import Workload, rows_of
from compare.training.compiling import jitted
from functional_nn import MLP
from manual_backprop import value_and_grad


def measure(workload: Workload, rounds: int, seconds: float) -> dict[str, Any]:
    """Return seconds a call, one number a round, and temporary bytes, of both gradients."""
    mlp = MLP(workload.sizes)
    x, y = (jnp.asarray(array[: workload.batch]) for array in rows_of(workload))
    args = (mlp.init(jax.random.key(0)), x, y)
    compiled = {
        "manual": jitted(value_and_grad(mlp)).lower(*args).compile(),
        "autodiff": jitted(jax.value_and_grad(mlp.loss)).lower(*args).compile(),
    }
    runners = {name: interleave.repeated(program, args) for name, program in compiled.items()}
    for run in runners.values():
        run(3)
    taken = interleave.measure(runners, rounds, seconds)
    return {
        name: {
            "seconds": taken[name],
            "temporary_bytes": program.memory_analysis().temp_size_in_bytes,
        }
        for name, program in compiled.items()
    }
