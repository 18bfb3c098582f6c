"""A dense layer: its parameters and its one equation."""

from typing import NamedTuple, TypeAlias

from jaxtyping import Array, Float

from functional_nn.arrays import Precision
from functional_nn.products import product


class Dense(NamedTuple):
    """Parameters of ``z = u W + b``, or their gradients: same tree, same shapes."""

    weight: Float[Array, "n_in n_out"]
    bias: Float[Array, " n_out"]


#: The parameters of a network: one ``Dense`` a layer, from the input to the output.
Params: TypeAlias = tuple[Dense, ...]


def forward(
    layer: Dense, u: Float[Array, "batch n_in"], precision: Precision = None
) -> Float[Array, "batch n_out"]:
    """Return the pre-activation of a layer.

    Equations:
        z = u W + b     (FP1)  b is copied to every row
    """
    return product(u, layer.weight, precision) + layer.bias[None, :]
