"""The one alphabet of shapes and types, said once.

Rows are samples. Axis names in every annotation: ``batch``, ``n_in``, ``n_out``, ``classes``.

    x      input of the network            [batch, n_in]
    z      pre-activation, z = u W + b     [batch, n_out]
    u      activation, u = g(z)            [batch, n_out]
    W, b   weight and bias of a layer      [n_in, n_out], [n_out]
    delta  dL/dz                           [batch, n_out]
    t      target, encoded                 [batch, n_out]
    w      weight of a row in the mean     [batch]
"""

from typing import TypeAlias

import jax
from jaxtyping import Array, Float, Int, Key

#: The value of a loss.
Scalar: TypeAlias = Float[Array, ""]
#: What the caller brings as targets: labels, or one row of values per sample.
Targets: TypeAlias = (
    Int[Array, " batch"] | Int[Array, "batch n_out"] | Float[Array, " batch"] | Float[Array, "..."]
)
#: A random key, new-style or raw.
RandomKey: TypeAlias = Key[Array, ""] | jax.Array
#: How exact a matrix product must be, as in ``jax.lax.Precision``.
Precision: TypeAlias = (
    str
    | jax.lax.Precision
    | tuple[str, str]
    | tuple[jax.lax.Precision, jax.lax.Precision]
    | jax.lax.DotAlgorithm
    | jax.lax.DotAlgorithmPreset
    | None
)
