"""The plane as a network sees it: what it says at every point of a grid."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from compare.gallery.lifts import lift
from compare.pictures import Plane
from functional_nn import MLP, Params
from functional_nn.datasets import Dataset

#: Points along each axis.
GRID = 120
#: The coordinates themselves.
RAW = ("x1", "x2")


def seen(
    mlp: MLP,
    params: Params,
    data: Dataset,
    names: Sequence[str] = RAW,
    *,
    grid: int = GRID,
    reach: float = 1.25,
) -> Plane:
    """Return what a network of one output, or of two, says of the square -reach..reach."""
    along = np.linspace(-reach, reach, grid)
    points = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    margin = margins(mlp, params, lift(points, names)).reshape(grid, grid)
    shown = data.class_names or ("0", "1")
    return Plane(along, along, margin, np.asarray(data.x), np.asarray(data.y), shown)


def margins(
    mlp: MLP, params: Params, x: Float[np.ndarray, "rows n_in"]
) -> Float[np.ndarray, " rows"]:
    """Return by how much class 1's output is above class 0's; of one output, above 0."""
    outputs = np.asarray(mlp.apply(params, jnp.asarray(x)), dtype=np.float64)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs[:, 1] - outputs[:, 0]


def share_right(margin: Float[np.ndarray, " rows"], labels: Int[np.ndarray, " rows"]) -> float:
    """Return the share of rows on their label's side."""
    return float(np.mean((margin >= 0) == (labels == 1)))
