"""Initial weights, by name; biases start at zero with all of them.

name             standard deviation of a weight, fan_in = n_in, fan_out = n_out
he_normal        √(2 / n_in)             for relu and its kin (He et al., arXiv:1502.01852)
he_uniform       same, uniform
glorot_normal    √(2 / (n_in + n_out))   for tanh and sigmoid (Glorot and Bengio, 2010)
glorot_uniform   same, uniform
lecun_normal     √(1 / n_in)             (LeCun et al., 1998)
lecun_uniform    same, uniform
small_normal     0.01
zeros            0                       every unit of a layer moves as one: the herd effect
"""

from collections.abc import Mapping
from types import MappingProxyType

import jax

initializers: Mapping[str, jax.nn.initializers.Initializer] = MappingProxyType(
    {
        "he_normal": jax.nn.initializers.he_normal(),
        "he_uniform": jax.nn.initializers.he_uniform(),
        "glorot_normal": jax.nn.initializers.glorot_normal(),
        "glorot_uniform": jax.nn.initializers.glorot_uniform(),
        "lecun_normal": jax.nn.initializers.lecun_normal(),
        "lecun_uniform": jax.nn.initializers.lecun_uniform(),
        "small_normal": jax.nn.initializers.normal(0.01),
        "zeros": jax.nn.initializers.zeros,
    }
)
