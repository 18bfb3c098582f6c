"""What every kind of run begins with: checked arguments, a plan, a start shared by engines."""

from dataclasses import replace
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
from jax.sharding import Mesh
from jax.typing import DTypeLike

from compare.training import checks
from compare.training.checks import PrecisionLike
from compare.training.data import DataLike, splits_of
from compare.training.gradients import ValueAndGrad, gradient_name
from compare.training.layout import fits_batch, mesh_of, shares
from compare.training.parameters import fitting
from compare.training.step import Plan, State, initial_state
from compare.training.streaming.batches import Batches
from compare.training.streaming.stream import Stream
from functional_nn import MLP, Params, RandomKey, ScannedMLP, stack, unstack
from functional_nn.datasets import Splits


class Setup(NamedTuple):
    """Arguments in order.

    Attributes:
        plan: What is compiled.
        name: Of the gradient.
        splits: The data.
        dtype: Of data and parameters.
        seed: Draws the initial parameters and the batches.
        params: The caller's own to begin with; None when they are drawn.
        stream: Where the rows to learn from come from, if they are not all in memory; ``splits``
            then has some of them.
    """

    plan: Plan
    name: str
    splits: Splits
    dtype: np.dtype[Any]
    seed: int
    params: Params | None
    stream: Stream | None = None

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        if self.stream is not None:
            return self.stream.source.steps(self.plan.batch_size)
        return len(self.splits.train) * shares(self.plan.mesh) // self.plan.batch_size


def set_up(
    mlp: MLP,
    optimizer: optax.GradientTransformation,
    data: DataLike | Stream,
    *,
    gradient: str | ValueAndGrad,
    batch_size: int,
    seed: int,
    params: Params | None,
    dtype: DTypeLike,
    precision: PrecisionLike,
    patience: int | None = None,
    min_delta: float | int = 0.0,
    part: int | None = None,
    compute: DTypeLike | None = None,
    mesh: str | Mesh | None = None,
    scanned: bool = False,
    recompute: bool = False,
) -> Setup:
    """Check the arguments of a run before any work; they are described in ``train``.

    ``part`` is how many steps may run at once, at most.
    """
    plan = Plan(
        mlp=checks.in_depth(checks.network(mlp), scanned, recompute),
        gradient=checks.hashable(gradient),
        optimizer=checks.transformation(optimizer),
        batch_size=checks.whole("batch_size", batch_size, 1),
        precision=checks.precision_name(precision),
        patience=None if patience is None else checks.whole("patience", patience, 1),
        min_delta=checks.not_negative("min_delta", min_delta),
        part=part,
        compute=None if compute is None else checks.computing(compute, gradient),
        mesh=mesh_of(mesh),
    )
    fits_batch(plan.mesh, plan.batch_size)
    stream = data if isinstance(data, Stream) else None
    if isinstance(data, Stream):
        if jax.process_count() > 1:
            raise ValueError(
                f"data are a Stream and {jax.process_count()} processes run; wanted one process, "
                "on as many devices as it has, or rows in memory."
            )
        if isinstance(data.rows, Batches):
            data.rows.made_for(mlp.sizes[-1])
        splits = splits_of(mlp, data.splits())
        most = data.most_steps(plan.batch_size, splits.train.n_features)
        plan = replace(plan, part=min(most, plan.part or most))
        checks.whole("steps of an epoch", data.source.steps(plan.batch_size), 1)
    else:
        splits = splits_of(mlp, data, plan.batch_size)
    checks.patience_has_rows(plan.patience, splits)
    return Setup(
        plan=plan,
        name=gradient_name(gradient),
        splits=splits,
        dtype=checks.floating(dtype),
        seed=checks.seed(seed),
        params=params,
        stream=stream,
    )


def start(setup: Setup) -> tuple[State, RandomKey]:
    """Return the state before the first step, and the key that draws the batches."""
    plan = setup.plan
    init_key, key = jax.random.split(jax.random.key(setup.seed))
    if setup.params is None:
        params = plan.mlp.init(init_key, setup.dtype)
    else:
        params = fitting(plan.mlp, unstack(setup.params), setup.dtype)
        params = stack(params) if isinstance(plan.mlp, ScannedMLP) else params
    return initial_state(plan, params), key
