"""Train a network, with any gradient, by any optax optimizer."""

import math

import optax
from jax.typing import DTypeLike

from compare.training import checks
from compare.training.checks import PrecisionLike
from compare.training.contexts import width
from compare.training.data import Data, DataLike, on_device
from compare.training.drive import Driven, drive
from compare.training.engine import Run, begin, compiled
from compare.training.faults import find
from compare.training.gradients import ValueAndGrad
from compare.training.history import history_of
from compare.training.interrupts import stop_when_interrupted
from compare.training.measure import Metrics, evaluate
from compare.training.progress import progress_bar
from compare.training.result import Stopped, TrainResult
from compare.training.setup import Setup, set_up, start
from compare.training.step import State
from functional_nn import MLP, Params, RandomKey


def train(
    mlp: MLP,
    optimizer: optax.GradientTransformation,
    data: DataLike,
    *,
    gradient: str | ValueAndGrad = "manual",
    epochs: int = 10,
    batch_size: int = 32,
    seed: int = 0,
    params: Params | None = None,
    dtype: DTypeLike = "float32",
    precision: PrecisionLike = None,
    patience: int | None = None,
    min_delta: float | int = 0.0,
    progress: bool = False,
) -> TrainResult:
    """Train a network; the gradient's origin is the only thing that differs between engines.

    Rows are shuffled anew for every epoch; those that do not fill a last batch sit it out. All of
    an epoch runs on the device in one compiled call, several epochs of a small network in one.
    Ctrl-C ends the run after the call under way and hands back what was reached.

    Args:
        mlp: The network.
        optimizer: Any optax transformation, learning rate and schedule included.
        data: ``Splits`` (validation and test parts may be empty), a ``Dataset``, or ``(x, y)``.
        gradient: "manual", "autodiff", or one's own ``(params, x, y) -> (loss, grads)``.
        epochs: Passes over the training rows.
        batch_size: Rows of a step.
        seed: Draws the initial parameters and the batches; the same for every engine.
        params: Parameters to begin with, cast to ``dtype``; they stay the caller's. Drawn by
            ``mlp.init`` otherwise.
        dtype: "float32", "float64", "bfloat16" or "float16", for data and parameters.
        precision: Of every matrix product, as ``jax.default_matmul_precision`` takes it.
        patience: Stop when the validation loss was not better for so many epochs, and hand back
            the best epoch's parameters. None runs all epochs and hands back the last ones.
        min_delta: How much lower a validation loss must be to count as better.
        progress: Show a bar, on a terminal.

    Raises:
        TypeError: If an argument, the data or what ``gradient`` returns is of the wrong kind.
        ValueError: If names are unknown, or numbers, data and parameters do not fit each other.
    """
    epochs = checks.whole("epochs", epochs, 1)
    setup = set_up(
        mlp,
        optimizer,
        data,
        gradient=gradient,
        batch_size=batch_size,
        seed=seed,
        params=params,
        dtype=dtype,
        precision=precision,
        patience=patience,
        min_delta=min_delta,
    )
    with width(setup.dtype):
        state, key = start(setup)
        rows = on_device(setup.splits, setup.dtype)
        run = begin(setup.plan, state, rows, epochs)
        with (
            stop_when_interrupted() as interrupted,
            progress_bar(setup.name, epochs, wanted=progress) as watch,
        ):
            driven = drive(
                compiled(setup.plan), run, rows, key, epochs, watch=watch, interrupted=interrupted
            )
        return _result(setup, rows, key, driven)


def _result(setup: Setup, data: Data, key: RandomKey, driven: Driven) -> TrainResult:
    plan, run, done = setup.plan, driven.run, int(driven.run.epoch)
    history = history_of(run.records, done)
    state, failure = _reached(run), None
    if not run.finite:
        state, failure = find(plan, run.state, data.train, key, done)
    test = Metrics(math.nan, math.nan)
    if len(setup.splits.test):
        test = evaluate(plan.mlp, state.params, setup.splits.test, precision=plan.precision)
    return TrainResult(
        mlp=plan.mlp,
        params=state.params,
        opt_state=state.opt_state,
        history=history,
        gradient=setup.name,
        stopped=_stopped(run, done),
        best_epoch=int(run.best.epoch) if run.best else history.best(),
        test_accuracy=test.accuracy,
        test_loss=test.loss,
        seconds=driven.seconds,
        compile_seconds=driven.compile_seconds,
        steps=done * (len(data.train.x) // plan.batch_size),
        failure=failure,
    )


def _reached(run: Run) -> State:
    """Return the state to hand back: the best one where it was kept."""
    return run.best.state if run.best and run.best.epoch > 0 else run.state


def _stopped(run: Run, done: int) -> Stopped:
    if not run.finite:
        return "non-finite"
    if done == len(run.records.loss):
        return "epochs"
    return "interrupted" if run.patient else "early"
