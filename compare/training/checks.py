"""What the arguments of training must be, asked before any work."""

import math
import operator
from collections.abc import Mapping
from enum import Enum
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, cast

import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from jax.typing import DTypeLike

from compare.training.gradients import ValueAndGrad, gradient_name
from functional_nn import MLP
from functional_nn.datasets import Splits
from functional_nn.names import lookup
from functional_nn.scanned import scanned as as_scanned

dtypes: Mapping[str, np.dtype[Any]] = MappingProxyType(
    {name: jnp.dtype(name) for name in ("float32", "float64", "bfloat16", "float16")}
)

_DEFAULTS = ("default", "high", "highest", "bfloat16", "tensorfloat32", "float32")
precisions: Mapping[str, str] = MappingProxyType(
    {name: name for name in (*_DEFAULTS, *(preset.name for preset in lax.DotAlgorithmPreset))}
)

#: How exact a matrix product must be; of these, one holds for both of its operands.
PrecisionLike: TypeAlias = str | lax.Precision | lax.DotAlgorithmPreset | None


def whole(name: str, value: object, least: int) -> int:
    """Return a whole number of at least so much."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; wanted a whole number of at least {least}.")
    if number < least:
        raise ValueError(f"{name} is {number}; wanted a whole number of at least {least}.")
    return number


def seed(value: object) -> int:
    """Return a seed: 32 bits, which give the same key in every mode of JAX."""
    number = whole("seed", value, 0)
    if number >= 2**32:
        raise ValueError(f"seed is {number}; wanted a whole number below 2**32.")
    return number


def not_negative(name: str, value: object) -> float:
    """Return a finite number of at least 0."""
    number = _number(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{name} is {value!r}; wanted a finite number of at least 0.")
    return number


def positive(name: str, value: object) -> float:
    """Return a finite number above 0."""
    number = _number(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} is {value!r}; wanted a finite number above 0.")
    return number


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def floating(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the dtype of a name, or of a dtype."""
    try:
        name = dtype if isinstance(dtype, str) else jnp.dtype(dtype).name
    except TypeError:
        name = str(dtype)
    return lookup("dtype", name, dtypes)


def computing(dtype: DTypeLike, gradient: object) -> np.dtype[Any]:
    """Return the dtype that layers compute in; float16 needs an engine that scales its deltas."""
    found = floating(dtype)
    if found == np.float16 and not isinstance(gradient, str):
        raise ValueError(
            "compute is 'float16', where small deltas vanish unless they are scaled, and a "
            "derivation of your own takes no scale; wanted 'bfloat16', or gradient='manual'."
        )
    return found


def hashable(gradient: object) -> str | ValueAndGrad:
    """Return a gradient that can be looked up; a callable record is known by its identity."""
    gradient_name(gradient)
    try:
        hash(gradient)
    except TypeError:
        return partial(cast(ValueAndGrad, gradient))
    return cast("str | ValueAndGrad", gradient)


def precision_name(precision: PrecisionLike) -> str | None:
    """Return the name that ``jax.default_matmul_precision`` takes."""
    if precision is None:
        return None
    name = precision.name if isinstance(precision, Enum) else precision
    if isinstance(precision, lax.Precision):
        name = name.lower()
    if name in precisions:
        return precisions[name]
    usual = {known: known for known in _DEFAULTS}
    try:
        return lookup("precision", name, usual)
    except ValueError as error:
        raise ValueError(f"{error}, or a name of jax.lax.DotAlgorithmPreset") from None


def network(mlp: object) -> MLP:
    """Return a network, or say what was given instead."""
    if isinstance(mlp, MLP):
        return mlp
    raise TypeError(f"mlp is a {type(mlp).__name__}; wanted an MLP, such as MLP((64, 32, 10)).")


def in_depth(mlp: MLP, scanned: bool, recompute: bool) -> MLP:
    """Return a network as its hidden layers shall run: each by itself, or as one scanned layer.

    Raises:
        ValueError: If they are not alike, or ``recompute`` is asked for without ``scanned``.
    """
    if recompute and not scanned:
        raise ValueError(
            "recompute is True and scanned is False; wanted both: what is computed again are "
            "segments of the scanned layer."
        )
    return as_scanned(mlp, recompute=recompute) if scanned else mlp


def transformation(optimizer: object) -> optax.GradientTransformation:
    """Return an optax transformation, or say what was given instead."""
    if isinstance(optimizer, optax.MultiSteps):
        return optimizer.gradient_transformation()
    if isinstance(optimizer, optax.GradientTransformation):
        return optimizer
    given = repr(optimizer) if isinstance(optimizer, str) else f"a {type(optimizer).__name__}"
    raise TypeError(
        f"optimizer is {given}; wanted an optax transformation, such as optax.adam(1e-3)."
    )


def patience_has_rows(patience: int | None, splits: Splits) -> None:
    """Refuse early stopping where there is nothing to judge by."""
    if patience is not None and len(splits.validation) == 0:
        raise ValueError(
            f"patience is {patience} and the data have no validation rows to judge by; "
            "split them: functional_nn.datasets.split(dataset)."
        )


def for_one_process(**options: object) -> None:
    """Refuse what only a run of one process can do.

    Raises:
        ValueError: If one of the options is given.
    """
    if given := [name for name, value in options.items() if value is not None]:
        raise ValueError(
            f"{' and '.join(given)} given and several processes run; wanted one process, which "
            "may have several devices."
        )
