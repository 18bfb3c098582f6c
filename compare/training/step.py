"""One step of training: a gradient, an optax update. It is the same for every engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh
from jaxtyping import Array, Bool

from compare.training.contexts import relaxed_promotion
from compare.training.gradients import ValueAndGrad, value_and_gradient
from compare.training.in_place import after_last_use
from compare.training.layout import keep_params, of_batch
from compare.training.parts import Parts, cut, steps_at_once
from compare.training.scale import Scale, first_scale, next_scale
from functional_nn import MLP, Params, Scalar


@dataclass(frozen=True)
class Plan:
    """What a program is compiled for; hashable, so that equal plans share one program.

    Attributes:
        mlp: The network.
        gradient: Name of an engine, or ``(params, x, y) -> (loss, grads)``.
        optimizer: Any optax transformation.
        batch_size: Rows of a step.
        precision: Of every matrix product, as ``jax.default_matmul_precision`` takes it.
        patience: Epochs without a better validation loss before it stops; None runs on.
        min_delta: How much lower a validation loss must be to count as better.
        part: Steps at once, at most; None leaves it to the work in them.
        compute: Dtype that layers compute in; None is the parameters' own.
        mesh: The devices it lies on; None for one.
    """

    mlp: MLP
    gradient: str | ValueAndGrad
    optimizer: optax.GradientTransformation
    batch_size: int
    precision: str | None = None
    patience: int | None = None
    min_delta: float = 0.0
    part: int | None = None
    compute: np.dtype[Any] | None = None
    mesh: Mesh | None = None

    def parts(self, steps: int) -> Parts:
        """Return how an epoch of so many steps is cut."""
        usual = steps_at_once(self.mlp, self.batch_size)
        return cut(steps, usual if self.part is None else min(usual, self.part))


class State(NamedTuple):
    """What a step changes.

    Attributes:
        params: The parameters.
        opt_state: What the optimizer remembers.
        scale: Of the loss, where layers compute in float16.
    """

    params: Params
    opt_state: Any
    scale: Scale | None = None


class Stepped(NamedTuple):
    """What a step returns.

    Attributes:
        state: After the step.
        loss: Of the batch, before the step.
        grads: Of that loss.
        updates: What the optimizer added to the parameters.
    """

    state: State
    loss: Scalar
    grads: Params
    updates: Params


Step: TypeAlias = Callable[[State, Array, Array], Stepped]
Update: TypeAlias = Callable[[State, Scalar, Params, Array, Array], tuple[State, Params]]


def make_step(plan: Plan) -> Step:
    """Return ``(state, x, y) -> Stepped``."""
    gradient = value_and_gradient(plan.mlp, plan.gradient, plan.precision, plan.compute)
    update = make_update(plan)

    def step(state: State, x: Array, y: Array) -> Stepped:
        loss, grads = gradient(state.params, x, y)
        after, updates = update(state, loss, grads, x, y)
        return Stepped(after, loss, grads, updates)

    def scaled_step(state: State, x: Array, y: Array) -> Stepped:
        assert state.scale is not None
        loss, grads = gradient(state.params, x, y, state.scale.value)
        after, updates = update(state, loss, grads, x, y)
        finite = all_finite(grads)
        # with nothing left to halve, what is not finite is so for another reason
        taken = finite | (state.scale.value <= 1)
        kept = jax.tree.map(lambda new, old: jnp.where(taken, new, old), after, state)
        kept = kept._replace(scale=next_scale(state.scale, finite))
        return Stepped(kept, loss, grads, updates)

    chosen = scaled_step if plan.compute == np.float16 else step
    return chosen if plan.mesh is None else _laid_out(plan.mlp, plan.mesh, chosen)


def _laid_out(mlp: MLP, mesh: Mesh, step: Step) -> Step:
    """Return a step that deals the batch out, and leaves parameters where they are."""

    def on_mesh(state: State, x: Array, y: Array) -> Stepped:
        stepped = step(state, *of_batch(mesh, (x, y)))
        params = keep_params(mlp, mesh, stepped.state.params)
        return stepped._replace(state=stepped.state._replace(params=params))

    return on_mesh


def all_finite(tree: Any) -> Bool[Array, ""]:
    """Return whether every number in it is."""
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))


def make_update(plan: Plan) -> Update:
    """Return ``(state, loss, grads, x, y) -> (state, updates)``: the optimizer's part of a step."""
    gradient = value_and_gradient(plan.mlp, plan.gradient, plan.precision, plan.compute)
    optimizer = optax.with_extra_args_support(plan.optimizer)

    def update(
        state: State, loss: Scalar, grads: Params, x: Array, y: Array
    ) -> tuple[State, Params]:
        with relaxed_promotion():
            updates, opt_state = optimizer.update(
                grads,
                state.opt_state,
                state.params,
                value=loss,  # this and the next two for those that ask: plateaus, line searches
                grad=grads,
                value_fn=lambda params: gradient(params, x, y)[0],
            )
            added = updates if plan.mesh is not None else after_last_use(updates, grads)
            after = State(optax.apply_updates(state.params, added), opt_state, state.scale)
        return jax.tree.map(_of_type, after, state), updates

    return update


def initial_state(plan: Plan, params: Params) -> State:
    """Return the state before the first step, in buffers of its own: those get donated."""
    with relaxed_promotion():
        scale = first_scale(params[0].weight.dtype) if plan.compute == np.float16 else None
        return copied(State(params, plan.optimizer.init(params), scale))


def copied(state: State) -> State:
    """Return the same numbers in other buffers."""
    return jax.tree.map(lambda leaf: jnp.array(leaf, copy=True), state)


def _of_type(after: Array, before: Array) -> Array:
    """Keep the dtype: some optimizers widen what they remember, and a loop must not."""
    return after if after.dtype == before.dtype else after.astype(before.dtype)
