"""Equations that were traced in narrow floats, run in float64.

On paper a number has all its digits: a cast to float32 or bfloat16 inside a function says how it is
to be computed, not what. Only what has to run through JAX runs in the precision it was traced in.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.extend import core

from compare.program import on_numpy

EPS = float(np.finfo(np.float64).eps)

#: Parameters that name the dtype of a result.
_DTYPES = frozenset({"new_dtype", "dtype", "preferred_element_type", "accumulation_type"})


def wide(dtype: Any) -> Any:
    """Return float64 for any float, complex128 for any complex, else the dtype itself."""
    if jnp.issubdtype(dtype, np.floating):
        return np.dtype(np.float64)
    if jnp.issubdtype(dtype, np.complexfloating):
        return np.dtype(np.complex128)
    return dtype


def is_float(value: Any) -> bool:
    """Whether a value is an array of floats."""
    dtype = getattr(value, "dtype", None)
    return dtype is not None and bool(jnp.issubdtype(dtype, jnp.floating))


def rounding_of(dtype: Any) -> float:
    """Return one rounding of a dtype, relative; that of float64 for what is no float."""
    inexact = dtype is not None and jnp.issubdtype(dtype, np.inexact)
    return max(EPS, float(jnp.finfo(dtype).eps)) if inexact else EPS


def narrowest(equation: core.JaxprEqn) -> float:
    """Return one rounding of the narrowest float that an equation reads or writes."""
    atoms = (*equation.invars, *equation.outvars)
    return max((rounding_of(getattr(atom.aval, "dtype", None)) for atom in atoms), default=EPS)


def widened(
    equation: core.JaxprEqn, function: Callable[..., list[Any]]
) -> tuple[Mapping[str, Any], Callable[..., list[Any]]]:
    """Return the parameters and the function of an equation, with wide floats in and out."""
    params = {
        name: wide(value) if name in _DTYPES and value is not None else value
        for name, value in equation.params.items()
    }
    if equation.primitive.name in on_numpy.RULES:
        return params, _bound(equation.primitive, params)
    traced_in = [getattr(atom.aval, "dtype", None) for atom in equation.invars]

    def in_its_own_precision(*operands: Any) -> list[Any]:
        cast = [
            jnp.asarray(operand).astype(dtype) if _is_narrow(dtype) else operand
            for operand, dtype in zip(operands, traced_in, strict=True)
        ]
        results = function(*cast)
        return [r.astype(wide(r.dtype)) if _is_narrow(r.dtype) else r for r in results]

    return params, in_its_own_precision


def _bound(primitive: Any, params: Mapping[str, Any]) -> Callable[..., list[Any]]:
    """Return a primitive as a function of all its operands, whatever their floats."""

    def function(*operands: Any) -> list[Any]:
        results = primitive.bind(*map(jnp.asarray, operands), **params)
        return list(results) if primitive.multiple_results else [results]

    return function


def _is_narrow(dtype: Any) -> bool:
    return dtype is not None and wide(dtype) != dtype
