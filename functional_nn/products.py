"""A matrix product that knows where its result lies.

On a mesh with explicit axes JAX asks where the result of a contraction shall lie; the answer is
the same for every product of a network: rows as the left factor has them, columns as the right.
"""

import jax
import jax.numpy as jnp
from jax.sharding import AxisType
from jax.sharding import PartitionSpec as P
from jaxtyping import Array, Float

from functional_nn.arrays import Precision


def product(
    a: Float[Array, "rows inner"], b: Float[Array, "inner columns"], precision: Precision = None
) -> Float[Array, "rows columns"]:
    """Return ``a b``."""
    return jnp.matmul(a, b, precision=precision, out_sharding=_layout(a, b))


def _layout(a: Array, b: Array) -> P | None:
    """Return how the product is laid out; None leaves it to the compiler."""
    left, right = jax.typeof(a).sharding, jax.typeof(b).sharding
    if AxisType.Explicit not in left.mesh.axis_types:
        return None
    rows, columns = left.spec[0], right.spec[1]
    return P(None if rows == columns else rows, columns)
