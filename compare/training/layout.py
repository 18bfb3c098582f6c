"""Where a run lies on several devices: a mesh with an axis for the rows and one for the units.

    data     rows of a batch
    model    units: the layers' weights are cut by columns and by rows in turn, so that one layer's
             output is the next one's input as it lies

The compiler does the rest: the program of a run is the same on one device and on many.
"""

import math
from collections.abc import Sequence
from itertools import cycle
from typing import Any, NamedTuple

import jax
from jax.sharding import AxisType, Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from functional_nn import MLP, Dense, Params, ScannedMLP, Stack

AXES = ("data", "model")


class Cut(NamedTuple):
    """How a layer's parameters are cut."""

    weight: P
    bias: P


def mesh_of(asked: str | Mesh | None) -> Mesh | None:
    """Return the mesh asked for, on the devices there are.

    Args:
        asked: As "data=4,model=2"; a mesh of one's own with those axes; None for one device.

    Raises:
        TypeError: If it is something else.
        ValueError: If its axes are others, or there are not devices enough.
    """
    if asked is None:
        return None
    if isinstance(asked, Mesh):
        return _checked(asked)
    if not isinstance(asked, str):
        raise TypeError(f"mesh is a {type(asked).__name__}; wanted a text as 'data=4,model=2'.")
    sizes = _sizes(asked)
    wanted, devices = math.prod(sizes.values()), jax.devices()
    if wanted > len(devices):
        raise ValueError(
            f"mesh {asked!r} takes {wanted} devices and there are {len(devices)}; on a CPU "
            f"several can be simulated: --devices {wanted}."
        )
    if wanted < len(devices) and jax.process_count() > 1:
        raise ValueError(
            f"mesh {asked!r} takes {wanted} devices and the processes have {len(devices)}; "
            "wanted all of them, or some process has nothing to do."
        )
    if sizes.get("data", 1) > 1 and sizes["data"] % jax.process_count():
        raise ValueError(
            f"mesh {asked!r} has {sizes['data']} parts of a batch for {jax.process_count()} "
            "processes; wanted a multiple, or data=1 with the same rows in each."
        )
    shape = tuple(sizes.get(axis, 1) for axis in AXES)
    return jax.make_mesh(shape, AXES, (AxisType.Auto,) * 2, devices=devices[:wanted])


def _sizes(asked: str) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for part in asked.split(","):
        name, _, size = (word.strip() for word in part.partition("="))
        if name not in AXES or name in sizes or not size.isdigit() or int(size) < 1:
            raise ValueError(
                f"mesh is {asked!r}; wanted sizes of the axes data and model, as 'data=4,model=2'."
            )
        sizes[name] = int(size)
    return sizes


def _checked(mesh: Mesh) -> Mesh:
    if set(mesh.axis_names) != set(AXES) or AxisType.Explicit in mesh.axis_types:
        raise ValueError(
            f"the mesh has the axes {mesh.axis_names} of the types {mesh.axis_types}; wanted "
            "data and model, both Auto: jax.make_mesh(sizes, ('data', 'model'), 2 * (Auto,))."
        )
    return mesh


def shares(mesh: Mesh | None) -> int:
    """Return how many processes bring rows of their own."""
    return jax.process_count() if mesh is not None and mesh.shape["data"] > 1 else 1


def fits_batch(mesh: Mesh | None, batch_size: int) -> None:
    """Refuse a batch that cannot be dealt out evenly.

    Raises:
        ValueError: With the numbers.
    """
    if mesh is not None and batch_size % mesh.shape["data"]:
        raise ValueError(
            f"batch_size is {batch_size} and the mesh has {mesh.shape['data']} parts of a batch; "
            "wanted a multiple."
        )


def of_params(mlp: MLP, mesh: Mesh) -> tuple[Cut, ...]:
    """Return how weights and biases are cut: one ``Cut`` a layer, or a part of a stack."""
    if isinstance(mlp, ScannedMLP):
        return _of_stack(mlp, mesh)
    count, specs = mesh.shape["model"], []
    for (n_in, n_out), by_columns in zip(
        zip(mlp.sizes[:-1], mlp.sizes[1:], strict=True), cycle([True, False])
    ):
        if by_columns and n_out % count == 0:
            specs.append(Cut(P(None, "model"), P("model")))
        elif n_in % count == 0:
            specs.append(Cut(P("model", None), P(None)))
        else:
            specs.append(Cut(P(None, None), P(None)))
    return tuple(specs)


def _of_stack(mlp: ScannedMLP, mesh: Mesh) -> tuple[Cut, ...]:
    """Return the cuts of a stack's parts; its layers are alike, so all are cut by columns."""
    first, last = of_params(MLP(mlp.sizes[:2] + mlp.sizes[-1:]), mesh)
    columns = "model" if mlp.sizes[1] % mesh.shape["model"] == 0 else None
    return first, Cut(P(None, None, columns), P(None, columns)), last


def as_parameters(mlp: MLP, parts: Sequence[Dense]) -> Params:
    """Return parts as the parameters hold them."""
    return Stack(*parts) if isinstance(mlp, ScannedMLP) else tuple(parts)


def of_chunk(axes: int) -> P:
    """Return how several batches lie, [steps, batch, ...]: each is dealt out by rows."""
    return P(None, "data", *[None] * (axes - 2))


def of_batch(mesh: Mesh, arrays: Sequence[Any]) -> list[Any]:
    """Return a batch dealt out by rows; to be traced."""
    return [
        jax.lax.with_sharding_constraint(
            array, NamedSharding(mesh, P("data", *[None] * (array.ndim - 1)))
        )
        for array in arrays
    ]


def keep_params(mlp: MLP, mesh: Mesh, params: Params) -> Params:
    """Return parameters that lie as they did before the step; to be traced."""
    layers = []
    for layer, cut in zip(params, of_params(mlp, mesh), strict=True):
        pairs = zip(layer, cut, strict=True)
        layers.append(
            Dense(*(jax.lax.with_sharding_constraint(a, NamedSharding(mesh, s)) for a, s in pairs))
        )
    return as_parameters(mlp, layers)
