"""Our two engines: the compiled run of ``compare.training``, its records included."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks.engines import Train
from benchmarks.workloads import LEARNING_RATE, Workload, rows_of
from compare.training.data import Data, Rows
from compare.training.engine import ROOM, begin, compiled
from compare.training.step import Plan, initial_state
from functional_nn import MLP


def prepare(workload: Workload, gradient: str) -> Train:
    mlp = MLP(workload.sizes)
    plan = Plan(mlp, gradient, optax.adam(LEARNING_RATE), workload.batch)
    data = Data(Rows(*map(jnp.asarray, rows_of(workload))), None)
    program, key = compiled(plan), jax.random.key(0)
    run = begin(plan, initial_state(plan, mlp.init(key)), data)
    done = 0

    def train(epochs: int) -> float:
        nonlocal run, done
        done += epochs
        run = program(run, data, key, np.int32(done))
        loss = np.asarray(run.records.loss)[(done - 1) % ROOM]
        return float(loss) if run.epoch == done else math.nan

    return train
