"""Train a model for each seed, learning rate and initial scale, all at once."""

import itertools
import time
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.typing import DTypeLike

from compare.training import checks
from compare.training.checks import PrecisionLike
from compare.training.contexts import at_least_float32, nan_allowed, width
from compare.training.data import Data, DataLike, on_device, rows_of
from compare.training.drive import next_beat
from compare.training.engine import ROOM
from compare.training.gradients import ValueAndGrad
from compare.training.interrupts import stop_when_interrupted
from compare.training.measure import measure
from compare.training.optimizers import optimizers
from compare.training.setup import set_up
from compare.training.sweeping.many import Kind, Maker, Models, Row, compiled
from compare.training.sweeping.result import SweepResult
from functional_nn import MLP
from functional_nn.datasets import Splits
from functional_nn.names import lookup


def sweep(
    mlp: MLP,
    optimizer: str | Maker,
    data: DataLike,
    *,
    seeds: Sequence[int] = (0, 1, 2, 3),
    learning_rates: Sequence[float | int],
    scales: Sequence[float | int] = (1.0,),
    gradient: str | ValueAndGrad = "manual",
    epochs: int = 10,
    batch_size: int = 32,
    dtype: DTypeLike = "float32",
    precision: PrecisionLike = None,
    devices: Sequence[Any] | None = None,
) -> SweepResult:
    """Train many models at once: every seed with every learning rate and initial scale.

    Each model starts from the parameters, and sees the batches, that ``train`` draws from its
    seed. Ctrl-C ends the sweep after the call under way, a quarter of a second or one
    epoch, and hands back what was reached.

    Args:
        mlp: The network of all models.
        optimizer: A name of ``optimizers``, or what takes a learning rate: ``optax.adam``.
        data: As ``train`` takes them.
        seeds: Draw the initial parameters and the batches.
        learning_rates: To try; each constant.
        scales: To multiply the initial weights by.
        gradient: "manual", "autodiff", or one's own ``(params, x, y) -> (loss, grads)``.
        epochs: Passes over the training rows.
        batch_size: Rows of a step.
        dtype: For data and parameters.
        precision: Of every matrix product.
        devices: To spread the models over; the first one otherwise.

    Raises:
        TypeError: If an argument or the data are of the wrong kind.
        ValueError: If names are unknown, a list is empty, or numbers and data do not fit.
    """
    epochs = checks.whole("epochs", epochs, 1)
    make: Maker = (
        lookup("optimizer", optimizer, optimizers).make if isinstance(optimizer, str) else optimizer
    )
    grid = _grid(seeds, learning_rates, scales)
    setup = set_up(
        mlp, _made(make, grid[0][1]), data, gradient=gradient, batch_size=batch_size,
        seed=grid[0][0], params=None, dtype=dtype, precision=precision,
    )  # fmt: skip
    if devices is not None and not isinstance(devices, Sequence):
        raise TypeError(f"devices is {devices!r}; wanted a list of them, as jax.devices().")
    chosen = tuple(devices if devices is not None else jax.devices()[:1])
    if not chosen:
        raise ValueError("devices is empty; wanted at least one, as jax.devices() lists them.")
    plan = setup.plan
    kind = Kind(mlp, plan.gradient, make, batch_size, plan.precision, setup.dtype, chosen)
    with width(setup.dtype), nan_allowed():
        rows = on_device(setup.splits, setup.dtype)
        models, history, seconds, compiling = _run(kind, _padded(grid, len(chosen)), rows, epochs)
        return _result(
            kind, grid, models, history, setup.splits, setup.steps, epochs, seconds, compiling
        )


def _run(
    kind: Kind, grid: list[tuple[int, float, float]], rows: Data, epochs: int
) -> tuple[Models, Row, float, float]:
    programs, begun = compiled(kind), time.perf_counter()
    seeds, rates, scales = (list(column) for column in zip(*grid, strict=True))
    keys = jax.vmap(jax.random.key)(jnp.asarray(seeds, np.uint32))
    numbers = (jnp.asarray(column, at_least_float32(kind.dtype)) for column in (rates, scales))
    models = programs.draw(keys, *numbers)
    run = programs.epochs.lower(models, rows, *[np.int32(0)] * 2).compile()  # type: ignore[attr-defined]
    compiling, begun = time.perf_counter() - begun, time.perf_counter()
    found: list[Row] = []
    done, beat = 0, 1
    with stop_when_interrupted() as interrupted:
        while done < epochs and not (done and interrupted()):
            until, started = min(done + min(beat, ROOM), epochs), time.perf_counter()
            models, brought = run(models, rows, np.int32(done), np.int32(until))
            found.append(Row(*[np.asarray(each)[: until - done] for each in brought]))
            beat, done = next_beat(until - done, time.perf_counter() - started), until
    history = Row(*map(np.concatenate, zip(*found, strict=True)))
    return models, history, time.perf_counter() - begun, compiling


def _result(
    kind: Kind, grid: list[tuple[int, float, float]], models: Models, history: Row,
    splits: Splits, steps: int, epochs: int, seconds: float, compiling: float,
) -> SweepResult:  # fmt: skip
    seeds, rates, scales = map(np.asarray, zip(*grid, strict=True))
    params = jax.tree.map(lambda leaf: leaf[: len(grid)], models.state.params)
    loss, held_loss, held = (np.asarray(column, np.float64)[:, : len(grid)] for column in history)
    test = np.full((2, len(grid)), np.nan)
    if len(splits.test):
        rows = rows_of(splits.test, kind.dtype)
        found = jax.jit(jax.vmap(lambda params: measure(kind.mlp, params, *rows)))(params)
        test = np.stack([np.asarray(column, np.float64) for column in found])
    return SweepResult(
        kind.mlp, seeds, rates.astype(np.float64), scales.astype(np.float64), loss, held_loss, held,
        test[0], test[1], params, steps * len(loss), seconds, compiling, len(kind.devices),
        interrupted=len(loss) < epochs,
    )  # fmt: skip


def _grid(
    seeds: Sequence[int], learning_rates: Sequence[float | int], scales: Sequence[float | int]
) -> list[tuple[int, float, float]]:
    """Return seed, learning rate and scale of every model."""
    for name, values in (("seeds", seeds), ("learning_rates", learning_rates), ("scales", scales)):
        if not hasattr(values, "__len__") or isinstance(values, str):
            raise TypeError(f"{name} is {values!r}; wanted a sequence, as [{values!r}].")
        if not len(values):
            raise ValueError(f"{name} is empty; wanted at least one to try.")
    return list(
        itertools.product(
            [checks.seed(value) for value in seeds],
            [checks.positive("learning_rates", value) for value in learning_rates],
            [checks.positive("scales", value) for value in scales],
        )
    )


def _padded(grid: list[tuple[int, float, float]], shares: int) -> list[tuple[int, float, float]]:
    """Repeat the last model until all devices have equally many."""
    return [*grid, *[grid[-1]] * (-len(grid) % shares)]


def _made(make: Maker, rate: float) -> optax.GradientTransformation:
    if not callable(make):
        raise TypeError(
            f"optimizer is {make!r}; wanted a name, or what takes a learning rate: optax.adam."
        )
    return make(rate)
