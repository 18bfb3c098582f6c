"""What a trained network says of the test part: counts by class, and what it takes for what."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from compare.pictures import Misread
from compare.training.contexts import width
from functional_nn import MLP, Params
from functional_nn.datasets import Dataset


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network says of some rows.

    Attributes:
        rows: How many there are.
        counts: How often class j was said (column) where i was right (row); None without classes.
        class_names: What the classes are called.
        misreads: The pictures taken for something else; empty when rows are no pictures.
    """

    rows: int
    counts: Int[np.ndarray, "classes classes"] | None
    class_names: tuple[str, ...]
    misreads: tuple[Misread, ...]


def read(mlp: MLP, params: Params, data: Dataset) -> Reading:
    """Ask a network what it says of every row."""
    if not len(data) or data.has_values or (data.n_targets > 2 and mlp.sizes[-1] == 1):
        return Reading(len(data), None, (), ())
    scores = _scores(mlp, params, data)
    said, right = scores.argmax(axis=1), np.asarray(data.y)
    counts = np.zeros((data.n_targets, data.n_targets), dtype=int)
    np.add.at(counts, (right, said), 1)
    names = data.class_names or tuple(map(str, range(data.n_targets)))
    return Reading(len(data), counts, names, _misreads(scores, said, data, names))


def _scores(mlp: MLP, params: Params, data: Dataset) -> Float[np.ndarray, "rows classes"]:
    """Return an output a class; one output stands for class 1 against class 0."""
    dtype = params[0].weight.dtype
    with width(dtype):
        outputs = np.asarray(mlp.apply(params, jnp.asarray(data.x, dtype)), dtype=np.float64)
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
