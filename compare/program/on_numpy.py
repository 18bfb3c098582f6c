"""Primitives of JAX on NumPy arrays: nothing is compiled, a small program runs in microseconds.

A search that re-runs parts of a derivation a thousand times cannot wait for a compiler. What is
not in the table runs through JAX. A test holds each entry to JAX's own result.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import scipy.special

Rule: TypeAlias = Callable[..., Any]


def _plain(function: Callable[..., Any]) -> Rule:
    """Return a rule for an elementwise function without parameters."""
    return lambda params, *operands: function(*operands)


def _divide(params: Mapping[str, Any], x: Any, y: Any) -> Any:
    if np.issubdtype(x.dtype, np.integer):  # towards zero, and exact for large numbers, too
        return (x - np.fmod(x, y)) // y
    return np.true_divide(x, y)


def _integer_pow(params: Mapping[str, Any], x: Any) -> Any:
    power = params["y"]
    return x**power if power >= 0 else 1.0 / x**-power


def _round(params: Mapping[str, Any], x: Any) -> Any:
    to_even = int(params["rounding_method"]) == 1
    return np.round(x) if to_even else np.trunc(x + np.copysign(0.5, x))


def _select(params: Mapping[str, Any], which: Any, *cases: Any) -> Any:
    if which.dtype == bool:
        return np.where(which, cases[1], cases[0])
    return np.choose(np.broadcast_to(which, cases[0].shape), cases)


def _clamp(params: Mapping[str, Any], low: Any, x: Any, high: Any) -> Any:
    return np.minimum(np.maximum(x, low), high)


def _convert(params: Mapping[str, Any], x: Any) -> Any:
    new = params["new_dtype"]
    return (x.real if np.iscomplexobj(x) and np.dtype(new).kind != "c" else x).astype(new)


def _broadcast_in_dim(params: Mapping[str, Any], x: Any, *dynamic: Any) -> Any:
    shape, axes = params["shape"], params["broadcast_dimensions"]
    aligned = [1] * len(shape)
    for axis, length in zip(axes, x.shape, strict=True):
        aligned[axis] = length
    return np.broadcast_to(x.reshape(aligned), shape)


def _reshape(params: Mapping[str, Any], x: Any, *dynamic: Any) -> Any:
    order = params["dimensions"]  # in which the axes are run through; JAX writes a product so
    return (x if order is None else np.transpose(x, order)).reshape(params["new_sizes"])


def _transpose(params: Mapping[str, Any], x: Any) -> Any:
    return np.transpose(x, params["permutation"])


def _squeeze(params: Mapping[str, Any], x: Any) -> Any:
    return np.squeeze(x, tuple(params["dimensions"]))


def _concatenate(params: Mapping[str, Any], *parts: Any) -> Any:
    return np.concatenate(parts, axis=params["dimension"])


def _slice(params: Mapping[str, Any], x: Any) -> Any:
    strides = params["strides"] or (1,) * x.ndim
    bounds = zip(params["start_indices"], params["limit_indices"], strides, strict=True)
    return x[tuple(slice(*bound) for bound in bounds)]


def _dynamic_slice(params: Mapping[str, Any], x: Any, *starts: Any) -> Any:
    sizes = params["slice_sizes"]
    window = []
    for start, size, length in zip(starts, sizes, x.shape, strict=False):
        first = int(np.clip(int(start), 0, length - size))
        window.append(slice(first, first + size))
    return x[tuple(window)]


def _dynamic_update_slice(params: Mapping[str, Any], x: Any, new: Any, *starts: Any) -> Any:
    window = []
    for start, size, length in zip(starts, new.shape, x.shape, strict=True):
        first = int(np.clip(int(start), 0, length - size))
        window.append(slice(first, first + size))
    result = np.array(x)
    result[tuple(window)] = new
    return result


def _split(params: Mapping[str, Any], x: Any) -> list[Any]:
    return np.split(x, np.cumsum(params["sizes"])[:-1], axis=params["axis"])


def _unstack(params: Mapping[str, Any], x: Any) -> list[Any]:
    return list(np.moveaxis(x, params["axis"], 0))


def _pad(params: Mapping[str, Any], x: Any, fill: Any) -> Any:
    config = params["padding_config"]
    if any(low < 0 or high < 0 or inner for low, high, inner in config):
        return NotImplemented
    return np.pad(x, [(low, high) for low, high, _ in config], constant_values=fill)


def _iota(params: Mapping[str, Any]) -> Any:
    shape, axis = params["shape"], params["dimension"]
    aligned = [1] * len(shape)
    aligned[axis] = shape[axis]
    numbers = np.arange(shape[axis]).astype(params["dtype"]).reshape(aligned)
    return np.broadcast_to(numbers, shape)


def _reduce(function: Callable[..., Any]) -> Rule:
    return lambda params, x: np.asarray(function(x, axis=tuple(params["axes"])), dtype=x.dtype)


def _arg(function: Callable[..., Any]) -> Rule:
    def rule(params: Mapping[str, Any], x: Any) -> Any:
        (axis,) = params["axes"]
        return function(x, axis=axis).astype(params["index_dtype"])

    return rule


def _cumulative(function: Callable[..., Any]) -> Rule:
    def rule(params: Mapping[str, Any], x: Any) -> Any:
        axis = params["axis"]
        if params["reverse"]:
            return np.flip(function(np.flip(x, axis), axis=axis), axis).astype(x.dtype)
        return function(x, axis=axis).astype(x.dtype)

    return rule


def _dot_general(params: Mapping[str, Any], x: Any, y: Any) -> Any:
    (x_contract, y_contract), (x_batch, y_batch) = params["dimension_numbers"]
    if not x_batch:
        return np.tensordot(x, y, axes=(tuple(x_contract), tuple(y_contract)))
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    of_x = [next(letters) for _ in range(x.ndim)]
    of_y = [next(letters) for _ in range(y.ndim)]
    for i, j in (*zip(x_contract, y_contract, strict=True), *zip(x_batch, y_batch, strict=True)):
        of_y[j] = of_x[i]
    kept = [of_x[i] for i in x_batch]
    kept += [of_x[i] for i in range(x.ndim) if i not in (*x_contract, *x_batch)]
    kept += [of_y[j] for j in range(y.ndim) if j not in (*y_contract, *y_batch)]
    return np.einsum(f"{''.join(of_x)},{''.join(of_y)}->{''.join(kept)}", x, y, optimize=True)


def _sort(params: Mapping[str, Any], *operands: Any) -> Any:
    if len(operands) > 1:
        return NotImplemented
    return np.sort(operands[0], axis=params["dimension"], kind="stable")


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **{
            name: _plain(function)
            for name, function in {
                "add": np.add,
                "add_any": np.add,
                "sub": np.subtract,
                "mul": np.multiply,
                "neg": np.negative,
                "sign": np.sign,
                "floor": np.floor,
                "ceil": np.ceil,
                "exp": np.exp,
                "exp2": np.exp2,
                "log": np.log,
                "log1p": np.log1p,
                "expm1": np.expm1,
                "sin": np.sin,
                "cos": np.cos,
                "tan": np.tan,
                "asin": np.arcsin,
                "acos": np.arccos,
                "atan": np.arctan,
                "atan2": np.arctan2,
                "sinh": np.sinh,
                "cosh": np.cosh,
                "tanh": np.tanh,
                "asinh": np.arcsinh,
                "acosh": np.arccosh,
                "atanh": np.arctanh,
                "logistic": scipy.special.expit,
                "erf": scipy.special.erf,
                "erfc": scipy.special.erfc,
                "erf_inv": scipy.special.erfinv,
                "lgamma": scipy.special.gammaln,
                "digamma": scipy.special.digamma,
                "sqrt": np.sqrt,
                "cbrt": np.cbrt,
                "rsqrt": lambda x: 1.0 / np.sqrt(x),
                "square": np.square,
                "pow": np.power,
                "rem": np.fmod,
                "max": np.maximum,
                "min": np.minimum,
                "abs": np.abs,
                "eq": np.equal,
                "ne": np.not_equal,
                "lt": np.less,
                "le": np.less_equal,
                "gt": np.greater,
                "ge": np.greater_equal,
                "and": np.bitwise_and,
                "or": np.bitwise_or,
                "xor": np.bitwise_xor,
                "not": np.invert,
                "reduce_precision": lambda x: x,  # on paper a number has all its digits
                "is_finite": np.isfinite,
                "stop_gradient": lambda x: x,
                "copy": lambda x: x,
                "copy_p": lambda x: x,
                "name": lambda x: x,
                "one_minus_square": lambda x: (1 - x) * (1 + x),  # since JAX 0.12, for tanh
                "optimization_barrier": lambda *x: list(x),
            }.items()
        },
        "div": _divide,
        "integer_pow": _integer_pow,
        "round": _round,
        "select_n": _select,
        "clamp": _clamp,
        "convert_element_type": _convert,
        "broadcast_in_dim": _broadcast_in_dim,
        "reshape": _reshape,
        "transpose": _transpose,
        "squeeze": _squeeze,
        "concatenate": _concatenate,
        "slice": _slice,
        "dynamic_slice": _dynamic_slice,
        "dynamic_update_slice": _dynamic_update_slice,
        "split": _split,
        "unstack": _unstack,
        "pad": _pad,
        "iota": _iota,
        "rev": lambda params, x: np.flip(x, tuple(params["dimensions"])),
        "reduce_sum": _reduce(np.sum),
        "reduce_prod": _reduce(np.prod),
        "reduce_max": _reduce(np.max),
        "reduce_min": _reduce(np.min),
        "reduce_and": _reduce(np.all),
        "reduce_or": _reduce(np.any),
        "argmax": _arg(np.argmax),
        "argmin": _arg(np.argmin),
        "cumsum": _cumulative(np.cumsum),
        "cumprod": _cumulative(np.cumprod),
        "cummax": _cumulative(np.maximum.accumulate),
        "cummin": _cumulative(np.minimum.accumulate),
        "dot_general": _dot_general,
        "sort": _sort,
    }
)


def apply(primitive: str, params: Mapping[str, Any], operands: tuple[Any, ...]) -> list[Any] | None:
    """Return a primitive's results on NumPy arrays, or None when the table does not have it."""
    rule = RULES.get(primitive)
    if rule is None:
        return None
    with np.errstate(all="ignore"):
        result = rule(params, *operands)
    if result is NotImplemented:
        return None
    return result if isinstance(result, list) else [np.asarray(result)]
