"""Why JAX could not trace a function, each cause in its own words."""

import jax

_NUMPY = (
    "it hands a traced array to NumPy; use jax.numpy, and x.at[i].set(...) to change an element"
)
_BRANCH = "it branches on a value; write jnp.where, or jax.lax.cond"
_INDEX = "it uses a value as a Python index or length; write x[i] on JAX arrays, or jnp.take"
_MASK = "it selects with a mask of traced values, so the size is unknown; write jnp.where"
_NUMBER = "it turns a value into a Python number; leave float(), int() and .item() out"

#: What JAX raises where it needs a value while tracing: the more special first.
_REASONS = (
    (jax.errors.TracerBoolConversionError, _BRANCH),
    (jax.errors.TracerIntegerConversionError, _INDEX),
    (jax.errors.TracerArrayConversionError, _NUMPY),
    (jax.errors.NonConcreteBooleanIndexError, _MASK),
    (jax.errors.ConcretizationTypeError, _NUMBER),
)
UNTRACEABLE = tuple(kind for kind, _ in _REASONS)


_ELEMENT = "setting an array element with a sequence"


def reason(error: Exception) -> str:
    """Return why, and what to write instead; "" for an error of another kind.

    NumPy reports an element set to a traced value as a ValueError of its own.
    """
    for kind, why in _REASONS:
        if isinstance(error, kind):
            return why
    return _NUMPY if isinstance(error, ValueError) and _ELEMENT in str(error) else ""
