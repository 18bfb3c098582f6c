"""Parameters that the caller brings to begin with."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from compare.training.contexts import cast
from functional_nn import MLP, Dense, Params


def fitting(mlp: MLP, params: Any, dtype: np.dtype[Any]) -> Params:
    """Return parameters that fit the network, in the dtype of a run.

    Raises:
        ValueError: If the layers are not those of the network, or a leaf has another shape, is
            not floating, or holds a number that is not finite or becomes so in this dtype.
    """
    layers = params if isinstance(params, (tuple, list)) else ()
    pairs = all(isinstance(layer, (tuple, list)) and len(layer) == 2 for layer in layers)
    if not pairs or len(layers) != mlp.depth:
        raise ValueError(
            f"params are {_described(params)}; wanted {mlp.depth} pairs (weight, bias), "
            f"as mlp.init makes for sizes {list(mlp.sizes)}."
        )
    shapes = zip(mlp.sizes[:-1], mlp.sizes[1:], strict=True)
    return tuple(
        Dense(
            _leaf(f"[{number}].weight", weight, (n_in, n_out), dtype),
            _leaf(f"[{number}].bias", bias, (n_out,), dtype),
        )
        for number, ((weight, bias), (n_in, n_out)) in enumerate(zip(layers, shapes, strict=True))
    )


def _leaf(name: str, value: ArrayLike, shape: tuple[int, ...], dtype: np.dtype[Any]) -> jax.Array:
    if jnp.shape(value) != shape or not jnp.issubdtype(jnp.result_type(value), jnp.floating):
        raise ValueError(
            f"params{name} is {jnp.result_type(value)} {list(jnp.shape(value))}; "
            f"wanted floats {list(shape)}."
        )
    array = cast(value, dtype)
    if not bool(jnp.isfinite(array).all()):
        where = tuple(map(int, np.argwhere(~np.isfinite(np.asarray(array, np.float64)))[0]))
        raise ValueError(f"params{name} is {array[where]} at {list(where)}; wanted finite numbers.")
    return array


def _described(params: Any) -> str:
    if isinstance(params, (tuple, list)):
        return f"a {type(params).__name__} of {len(params)}"
    return f"a {type(params).__name__}"
