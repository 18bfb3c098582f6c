"""What a run came to: from where it was driven to what its caller gets."""

import math

from compare.training.data import Data, Rows
from compare.training.drive import Driven
from compare.training.engine import Run
from compare.training.faults import NonFinite, find, find_in
from compare.training.keeping.keeper import Begun
from compare.training.measure import Metrics, evaluate
from compare.training.placement import gathered
from compare.training.result import Stopped, TrainResult
from compare.training.setup import Setup
from compare.training.step import State
from compare.training.streaming.forward import batches_of
from functional_nn import unscanned, unstack


def outcome(
    setup: Setup, data: Data, begun: Begun, driven: Driven, epochs: int, chunk: Rows | None
) -> TrainResult:
    """Return the result of a run; a number that was not finite is looked for.

    Args:
        setup: Of the run.
        data: On the device.
        begun: Where this session began.
        driven: Where it ended.
        epochs: That were asked for.
        chunk: The batches that ran last, of a stream.
    """
    plan, run, done, step = setup.plan, driven.run, int(driven.run.epoch), int(driven.run.step)
    state = run.best.state if run.best and run.best.epoch > 0 else run.state
    if plan.mesh:
        state = gathered(plan.mesh, state)
    failure = None
    if not run.finite:
        state, failure = _fault(setup, data, begun, run, chunk)
    test = Metrics(math.nan, math.nan)
    if len(setup.splits.test):
        test = evaluate(plan.mlp, state.params, setup.splits.test, precision=plan.precision)
    return TrainResult(
        mlp=unscanned(plan.mlp),
        params=unstack(state.params),
        opt_state=state.opt_state,
        history=driven.history,
        gradient=setup.name,
        stopped=_stopped(run, done == epochs),
        best_epoch=int(run.best.epoch) if run.best else driven.history.best(),
        test_accuracy=test.accuracy,
        test_loss=test.loss,
        seconds=driven.seconds,
        compile_seconds=driven.compile_seconds,
        steps=failure.step - 1 if failure else done * setup.steps + step,
        failure=failure,
        resumed=begun.resumed,
    )


def _fault(
    setup: Setup, data: Data, begun: Begun, run: Run, chunk: Rows | None
) -> tuple[State, NonFinite]:
    """Return the last good state, and what spoilt the one after it."""
    plan, done, step = setup.plan, int(run.epoch), int(run.step)
    if chunk is None:
        return find(plan, run.state, data.train, begun.key, done, step)
    return find_in(plan, run.state, batches_of(chunk), done, step, setup.steps)


def _stopped(run: Run, all_done: bool) -> Stopped:
    if not run.finite:
        return "non-finite"
    if all_done:
        return "epochs"
    return "interrupted" if run.patient else "early"
