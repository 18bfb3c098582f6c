"""Where a number first stopped being finite: the step, and the node in it.

Nothing of this runs while training goes well. An epoch that does not stay finite is not kept; it
is run once more from the state it began with, step by step, and in the step that spoils it every
node is looked at, from the input on.

    z1 u1 z2 u2 ...        forward
    loss
    delta2 delta1          backward, dJ/dz
    gradient[1].weight     of each parameter
    update[1].weight       what the optimizer made of it
    params[1].weight       the sum
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from compare.training.compiling import jitted
from compare.training.contexts import matmul_precision
from compare.training.data import Rows
from compare.training.shuffle import batches, epoch_key
from compare.training.step import Plan, State, Stepped, all_finite, make_step
from functional_nn import Params, RandomKey, activations, dense, unscanned, unstack
from functional_nn.mlp import in_dtype
from manual_backprop import deltas

CURE = (
    "The parameters before that step are kept. Try a smaller learning rate, or clip the gradient: "
    "optax.chain(optax.clip_by_global_norm(1.0), optimizer)."
)
CURE_IN_FLOAT16 = (
    "The parameters before that step are kept. In float16 an optimizer's eps of 1e-8 is 0: give it "
    "one of 1e-4, or keep float32 parameters and compute in float16: compute='float16'."
)


@dataclass(frozen=True)
class NonFinite:
    """The first number of a run that was nan or infinite.

    Attributes:
        step: Of the whole run, counted from 1.
        epoch: Counted from 1.
        batch: Of the epoch, counted from 1.
        node: Name of the first such node: "z2", "loss", "gradient[0].weight", ...
        message: All of it in words, and what to try.
    """

    step: int
    epoch: int
    batch: int
    node: str
    message: str


def find(
    plan: Plan, state: State, train: Rows, key: RandomKey, epoch: int, begun: int = 0
) -> tuple[State, NonFinite]:
    """Return the last good state of a spoilt epoch, and what spoilt it.

    Args:
        plan: Of the run.
        state: At the start of the epoch, or after some of its steps.
        train: Rows to learn from.
        key: Of the run.
        epoch: Epochs completed before this one.
        begun: Steps of this one done before ``state``.
    """
    picks = batches(epoch_key(key, jnp.int32(epoch)), len(train.x), plan.batch_size)
    rows = (train.batch(pick) for pick in picks[begun:])
    return find_in(plan, state, rows, epoch, begun, len(picks))


def find_in(
    plan: Plan, state: State, rows: Iterable[Rows], epoch: int, begun: int, steps: int
) -> tuple[State, NonFinite]:
    """Do the same in batches that come one after the other, of an epoch with so many steps."""
    count, batch, state, stepped = _replay(plan, state, rows)
    node, what = _first_fault(plan, state.params, batch.x, batch.y, stepped)
    number, step = begun + count, epoch * steps + begun + count
    narrow = node.startswith("update") and state.params[0].weight.dtype == jnp.float16
    cure = CURE_IN_FLOAT16 if narrow else CURE
    message = f"step {step} (epoch {epoch + 1}, batch {number}): {what}. {cure}"
    return state, NonFinite(step, epoch + 1, number, node, message)


def _replay(plan: Plan, state: State, rows: Iterable[Rows]) -> tuple[int, Rows, State, Stepped]:
    """Return the number of the step that spoils all, its batch, the state before it, the step."""
    step = jitted(make_step(plan))
    good = jax.jit(lambda stepped: all_finite((stepped.loss, stepped.state.params)))
    for count, batch in enumerate(rows, start=1):
        stepped = step(state, batch.x, batch.y)
        last = count, batch, state, stepped
        if not good(stepped):
            break
        state = stepped.state
    return last


def _first_fault(
    plan: Plan, params: Params, x: Array, y: Array, stepped: Stepped
) -> tuple[str, str]:
    """Return the first node that is not finite, and what it looks like."""
    with matmul_precision(plan.precision):
        for name, values in _nodes(plan, params, x, y, stepped):
            bad = np.argwhere(~np.isfinite(np.asarray(values, np.float64)))
            if len(bad):
                return name, _described(name, np.asarray(values), bad)
    return "unknown", "not finite in the epoch as a whole, finite when repeated step by step"


def _nodes(
    plan: Plan, params: Params, x: Array, y: Array, stepped: Stepped
) -> Iterator[tuple[str, Array]]:
    """Yield every value of a step by name, each before those that follow from it."""
    mlp, params = unscanned(plan.mlp), unstack(params)
    u, layers = in_dtype(plan.compute, (x, params))
    for number, layer in enumerate(layers, start=1):
        z = dense.forward(layer, u)
        u = activations[mlp.layer_activations[number - 1]](z)
        yield f"z{number}", z
        yield f"u{number}", u
    yield "loss", stepped.loss
    named = deltas(mlp, params, x, y, compute=plan.compute)
    for name in reversed(named):
        yield name.replace("z", "delta"), named[name]
    trees = {"gradient": stepped.grads, "update": stepped.updates, "params": stepped.state.params}
    for kind, tree in trees.items():
        for path, leaf in jax.tree_util.tree_leaves_with_path(unstack(tree)):
            yield f"{kind}{jax.tree_util.keystr(path)}", leaf


def _described(name: str, values: np.ndarray, bad: np.ndarray) -> str:
    index = tuple(map(int, bad[0]))
    if not index:
        return f"{name} is {values}"
    return (
        f"{name} {list(values.shape)} is {values[index]} at {list(index)}, "
        f"{len(bad)} of its {values.size} elements are not finite"
    )
