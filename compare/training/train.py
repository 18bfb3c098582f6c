"""Train a network, with any gradient, by any optax optimizer."""

from contextlib import ExitStack
from dataclasses import replace
from os import PathLike
from pathlib import Path

import jax
import optax
from jax.sharding import Mesh
from jax.typing import DTypeLike

from compare.training import checks, together
from compare.training.checks import PrecisionLike
from compare.training.contexts import nan_allowed, width
from compare.training.data import DataLike, on_device
from compare.training.drive import Looker, drive
from compare.training.engine import blank
from compare.training.gradients import ValueAndGrad
from compare.training.interrupts import stop_when_interrupted
from compare.training.keeping.every import every as to_every
from compare.training.keeping.keeper import Begun, Keeper
from compare.training.onward import Onward
from compare.training.outcome import outcome
from compare.training.placement import everywhere, place_rows, place_run
from compare.training.progress import Watched, progress_bar
from compare.training.result import TrainResult
from compare.training.setup import set_up, start
from compare.training.streaming.stream import Stream
from compare.training.watching import Proofreader, profiled
from compare.training.watching.writers import writers
from functional_nn import MLP, Params


def train(
    mlp: MLP,
    optimizer: optax.GradientTransformation,
    data: DataLike | Stream,
    *,
    gradient: str | ValueAndGrad = "manual",
    epochs: int = 10,
    batch_size: int = 32,
    seed: int = 0,
    params: Params | None = None,
    dtype: DTypeLike = "float32",
    precision: PrecisionLike = None,
    compute: DTypeLike | None = None,
    patience: int | None = None,
    min_delta: float | int = 0.0,
    progress: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    save_every: int | str = "30 s",
    keep: int = 3,
    resume: bool = False,
    history_file: str | PathLike[str] | None = None,
    tensorboard: str | PathLike[str] | None = None,
    verify_every: int | None = None,
    profile: str | PathLike[str] | None = None,
    mesh: str | Mesh | None = None,
    scanned: bool = False,
    recompute: bool = False,
) -> TrainResult:
    """Train a network; the gradient's origin is the only thing that differs between engines.

    Rows are shuffled anew for every epoch; those that do not fill a last batch sit it out. All of
    an epoch runs on the device in one compiled call, several epochs of a small network in one.
    Ctrl-C ends the run after the call under way and hands back what was reached.

    Args:
        mlp: The network.
        optimizer: Any optax transformation, learning rate and schedule included.
        data: ``Splits`` (validation and test parts may be empty), a ``Dataset``, or ``(x, y)``;
            or a ``Stream`` of rows that are not all in memory.
        gradient: "manual", "autodiff", or one's own ``(params, x, y) -> (loss, grads)``.
        epochs: Passes over the training rows.
        batch_size: Rows of a step.
        seed: Draws the initial parameters and the batches; the same for every engine.
        params: Parameters to begin with, cast to ``dtype``; they stay the caller's. Drawn by
            ``mlp.init`` otherwise.
        dtype: "float32", "float64", "bfloat16" or "float16", for data and parameters.
        precision: Of every matrix product, as ``jax.default_matmul_precision`` takes it.
        compute: Dtype that layers compute in, where it shall not be that of the parameters:
            "bfloat16", or "float16", whose deltas are scaled. The loss, the update and what is
            measured stay in ``dtype``.
        patience: Stop when the validation loss was not better for so many epochs, and hand back
            the best epoch's parameters. None runs all epochs and hands back the last ones.
        min_delta: How much lower a validation loss must be to count as better.
        progress: Show a bar, on a terminal.
        checkpoint: Folder that everything is saved in, every so often, at the end and when the
            run is interrupted; SIGTERM saves and ends the process with exit code 143.
        save_every: How often: a number of epochs, or "1000 steps", "30 s", "10 min".
        keep: How many of the newest checkpoints are kept.
        resume: Go on from the newest intact checkpoint, as if the run had never stopped; begin
            anew if there is none. Damaged ones are named in a warning and set aside.
        history_file: A .csv or .jsonl file that gets a line for each epoch as it is done.
        tensorboard: Folder of TensorBoard's; needs the extra ``handgrad[tensorboard]``.
        verify_every: Every so many epochs the hand derivation is compared with autodiff at the
            present parameters, outside the compiled step; a wrong one stops the run.
        profile: Folder for a trace of one call, as ``jax.profiler.trace`` writes it.
        mesh: Devices to run on, as "data=4,model=2": rows of a batch in four parts, units in two.
            Where several processes run (``jax.distributed``) and ``data`` is above 1, the rows to
            learn from are each process's own, as many in each; all else is the same in each.
        scanned: Run the hidden layers, all of one size and activation, as one scanned layer, which
            compiles as fast at any depth. What is trained is a ``functional_nn.Stack``: a gradient
            of one's own gets that, ``opt_state`` is of that, and an optimizer that looks at a
            parameter as a whole (lamb, adafactor, muon, ...) sees all hidden layers as one.
        recompute: Keep the inputs of about √depth segments of it for the backward pass, and compute
            what lies between them again: less memory, one more forward pass.

    Raises:
        TypeError: If an argument, the data or what ``gradient`` returns is of the wrong kind.
        ValueError: If names are unknown, or numbers, data and parameters do not fit each other.
            ``CheckpointError``, a ValueError, if no checkpoint can be gone on from, or it is of
            another run; the message names the difference.
        SaveError: An OSError, if a checkpoint cannot be written; earlier ones stay.
    """
    epochs = checks.whole("epochs", epochs, 1)
    every = to_every(save_every)
    keep = checks.whole("keep", keep, 1)
    verify_every = None if verify_every is None else checks.whole("verify_every", verify_every, 1)
    if resume and checkpoint is None:
        raise ValueError("resume is True and no checkpoint is given; wanted a folder to look in.")
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
        compute=compute,
        patience=patience,
        min_delta=min_delta,
        part=every.most_steps if checkpoint is not None else None,
        mesh=mesh,
        scanned=scanned,
        recompute=recompute,
    )
    if jax.process_count() > 1:
        checks.for_one_process(profile=profile)
    with width(setup.dtype), nan_allowed(), ExitStack() as held:
        state, key = start(setup)
        rows = on_device(setup.splits, setup.dtype)
        run = blank(setup.plan, state, setup.dtype, setup.steps)
        begun = Begun(run, key, None, None)
        keeper = None
        if checkpoint is not None:
            keeper = Keeper(Path(checkpoint), setup, every, keep)
            held.enter_context(keeper.holding())
            begun = keeper.begin(run, key, resume=resume, epochs=epochs)
        reader = None
        if verify_every:
            reader = Proofreader(setup.plan.mlp, gradient, rows.train, verify_every)
        if setup.plan.mesh:
            rows = place_rows(setup.plan.mesh, rows)
            key = everywhere(setup.plan.mesh, begun.key)
            begun = begun._replace(run=place_run(setup.plan, begun.run), key=key)
        with (
            ExitStack() as opened,
            stop_when_interrupted(and_terminated=keeper is not None) as interrupted,
            progress_bar(setup.name, epochs, setup.steps, wanted=progress) as watch,
        ):
            onward = Onward(setup, rows, begun.run, begun.key, opened)
            lookers: list[Looker] = [
                *([Watched(watch)] if watch else []),
                *(
                    writers(history_file, tensorboard, begun.history, opened)
                    if together.is_first()
                    else []
                ),
                *([reader] if reader else []),
                *([keeper] if keeper else []),
            ]
            driven = drive(
                onward if profile is None else profiled(onward, Path(profile)),
                onward.run,
                epochs,
                lookers=lookers,
                interrupted=interrupted,
                before=begun.before,
            )
            if keeper and driven.run.finite:
                keeper.save(driven.standing)
        held.close()  # whatever ends the process now, or goes on, finds the folder free
        interrupted.end()
        result = outcome(setup, rows, begun, driven, epochs, onward.last_chunk)
    if reader:
        stopped = result.stopped if reader.agrees else "wrong-gradient"
        result = replace(result, verified=tuple(reader.found), stopped=stopped)
    return result
