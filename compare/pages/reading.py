"""What a trained network says of the test part: counts by class, and what it takes for what."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from compare.pictures import Misread, Plane
from compare.training.contexts import width
from functional_nn import MLP, Params
from functional_nn.datasets import Dataset

#: Points of the plane that are asked, along each axis.
GRID = 160


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network says of some rows.

    Attributes:
        rows: How many there are.
        counts: How often class j was said (column) where i was right (row); None without classes.
        class_names: What the classes are called.
        misreads: The pictures taken for something else; empty when rows are no pictures.
        plane: What it says of the whole plane; None unless there are two features and two classes.
    """

    rows: int
    counts: Int[np.ndarray, "classes classes"] | None
    class_names: tuple[str, ...]
    misreads: tuple[Misread, ...]
    plane: Plane | None = None


def read(mlp: MLP, params: Params, data: Dataset) -> Reading:
    """Ask a network what it says of every row."""
    if not len(data) or data.has_values or (data.n_targets > 2 and mlp.sizes[-1] == 1):
        return Reading(len(data), None, (), ())
    scores = _scores(mlp, params, data.x)
    said, right = scores.argmax(axis=1), np.asarray(data.y)
    counts = np.zeros((data.n_targets, data.n_targets), dtype=int)
    np.add.at(counts, (right, said), 1)
    names = data.class_names or tuple(map(str, range(data.n_targets)))
    misreads = _misreads(scores, said, data, names)
    return Reading(len(data), counts, names, misreads, _plane(mlp, params, data, names))


def _scores(
    mlp: MLP, params: Params, x: Float[np.ndarray, "rows features"]
) -> Float[np.ndarray, "rows classes"]:
    """Return an output a class; one output stands for class 1 against class 0."""
    dtype = params[0].weight.dtype
    with width(dtype):
        outputs = np.asarray(mlp.apply(params, jnp.asarray(x, dtype)), dtype=np.float64)
    if mlp.sizes[-1] > 1:
        return outputs
    level = 0.5 if mlp.loss_name in ("squared_error", "half_squared_error") else 0.0
    return np.concatenate([np.full_like(outputs, level), outputs], axis=1)


def _misreads(
    scores: Float[np.ndarray, "rows classes"],
    said: Int[np.ndarray, " rows"],
    data: Dataset,
    names: tuple[str, ...],
) -> tuple[Misread, ...]:
    if data.image_shape is None:
        return ()
    return tuple(
        Misread(
            row=int(row),
            pixels=data.x[row].reshape(data.image_shape),
            true=names[data.y[row]],
            said=names[said[row]],
            margin=float(scores[row, said[row]] - scores[row, data.y[row]]),
        )
        for row in np.flatnonzero(said != data.y)
    )


def _plane(mlp: MLP, params: Params, data: Dataset, names: tuple[str, ...]) -> Plane | None:
    """Ask for every point of a grid that reaches a little beyond the rows."""
    if data.n_features != 2 or data.n_targets != 2:
        return None
    low, high = data.x.min(axis=0), data.x.max(axis=0)
    rim = 0.1 * (high - low)
    across, up = np.linspace(low - rim, high + rim, GRID).T
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    scores = _scores(mlp, params, grid)
    margin = (scores[:, 1] - scores[:, 0]).reshape(GRID, GRID)
    return Plane(across, up, margin, np.asarray(data.x), np.asarray(data.y), names)
