"""Our two engines: the compiled epoch of ``compare.training``, its records included."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks.engines import Epoch
from benchmarks.workloads import LEARNING_RATE, Workload, rows_of
from compare.training.data import Data, Rows
from compare.training.engine import begin, compiled
from compare.training.step import Plan, initial_state
from functional_nn import MLP

ROOM = 100_000  # epochs that can be recorded; more than any run here takes


def prepare(workload: Workload, gradient: str) -> Epoch:
    mlp = MLP(workload.sizes)
    plan = Plan(mlp, gradient, optax.adam(LEARNING_RATE), workload.batch)
    data = Data(Rows(*map(jnp.asarray, rows_of(workload))), None)
    program, key = compiled(plan), jax.random.key(0)
    run = begin(plan, initial_state(plan, mlp.init(key)), data, ROOM)
    done = 0

    def epoch() -> float:
        nonlocal run, done
        done += 1
        run = program(run, data, key, np.int32(done))
        return float(np.asarray(run.records.loss)[done - 1])

    return epoch
