"""Put a run on a mesh before it starts, and fetch it back afterwards."""

from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from compare.training.data import Data, Rows
from compare.training.engine import Run
from compare.training.layout import as_parameters, of_params, shares
from compare.training.step import Plan, State
from functional_nn import Dense

T = TypeVar("T")


def place_run(plan: Plan, run: Run) -> Run:
    """Return a run on its plan's mesh; as it is without one."""
    mesh = plan.mesh
    if mesh is None:
        return run
    best = run.best
    if best is not None:
        number = everywhere(mesh, best.epoch), everywhere(mesh, best.loss)
        best = best._replace(
            epoch=number[0], loss=number[1], state=place_state(plan, mesh, best.state)
        )
    state = place_state(plan, mesh, run.state)
    others = {
        name: everywhere(mesh, value)
        for name, value in run._asdict().items()
        if name not in ("state", "best")
    }
    return run._replace(state=state, best=best, **others)


def place_state(plan: Plan, mesh: Mesh, state: State) -> State:
    """Return the state on the mesh: what the optimizer keeps of a parameter lies as it does."""
    cuts = of_params(plan.mlp, mesh)
    parts = [Dense(*cut) for cut in cuts]  # type: ignore[arg-type]  # the same tree
    specs = as_parameters(plan.mlp, parts)
    params = jax.tree.map(lambda leaf, spec: put(mesh, leaf, spec), state.params, specs)

    def beside(leaf: Any, param: Any, spec: P) -> Any:
        return put(mesh, leaf, spec if np.shape(leaf) == np.shape(param) else P())

    remembered = optax.tree_utils.tree_map_params(
        plan.optimizer,
        beside,
        state.opt_state,
        state.params,
        specs,
        transform_non_params=lambda leaf: put(mesh, leaf, P()),
    )
    return State(params, remembered, everywhere(mesh, state.scale))


def everywhere(mesh: Mesh, tree: T) -> T:
    """Return a tree whose arrays are whole on every device."""
    return jax.tree.map(lambda leaf: put(mesh, leaf, P()), tree)


def put(mesh: Mesh, leaf: Any, spec: P) -> Any:
    """Return an array that every process has, placed on the mesh."""
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return jax.random.wrap_key_data(
            put(mesh, jax.random.key_data(leaf), spec), impl=jax.random.key_impl(leaf)
        )
    host = np.asarray(leaf)
    return jax.make_array_from_callback(host.shape, NamedSharding(mesh, spec), host.__getitem__)


def place_rows(mesh: Mesh, data: Data) -> Data:
    """Return the data on the mesh.

    Rows to learn from are whole on every device. Where several processes run on parts of a batch,
    each has brought its own rows and keeps them: one array, in the order of the processes.
    """
    if shares(mesh) == 1:
        return everywhere(mesh, data)
    return Data(
        Rows(*(_joined(mesh, array) for array in data.train)), everywhere(mesh, data.validation)
    )


def _joined(mesh: Mesh, own: Any) -> jax.Array:
    host = np.asarray(own)
    spec = P("data", *[None] * (host.ndim - 1))
    return jax.make_array_from_process_local_data(NamedSharding(mesh, spec), host)


def gathered(mesh: Mesh, tree: T) -> T:
    """Return arrays on one device of this process, from wherever they lie."""
    whole = jax.jit(lambda tree: tree, out_shardings=NamedSharding(mesh, P()))(tree)
    return jax.tree.map(lambda leaf: leaf.addressable_data(0), whole)
