"""A program in as many digits as wanted: the formula's own value, nothing rounded on the way.

Numbers are mpmath's: their exponent has no bounds either, so that nothing overflows. Where a
derivation leaves the real numbers, a logarithm of -1 say, the result is nan.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import mpmath
import numpy as np

from compare.program.on_numpy import RULES as ON_NUMPY
from compare.program.on_numpy import Rule
from compare.program.program import Program, Value


def evaluate(program: Program, inputs: Sequence[np.ndarray], digits: int) -> list[np.ndarray]:
    """Return the results of a program, as arrays of mpmath's numbers.

    Args:
        program: Written out, ``on_paper``.
        inputs: Its arguments, flattened; mpmath's numbers, or floats that are taken as they are.
        digits: Decimal digits that are carried.

    Raises:
        NotImplementedError: If it has a primitive that the table below lacks.
    """
    with mpmath.workdps(digits):
        values: dict[Value, Any] = {
            value: exact(content) for value, content in program.constants.items()
        }
        values |= dict(zip(program.inputs, map(exact, inputs), strict=True))
        for equation in program.equations:
            rule = RULES.get(equation.primitive)
            if rule is None:
                raise NotImplementedError(f"no rule in many digits for {equation.primitive}")
            result = rule(equation.params, *(values[value] for value in equation.inputs))
            results = result if isinstance(result, list) else [_array(result)]
            values |= dict(zip(equation.outputs, results, strict=True))
        return [values[value] for value in program.outputs]


def exact(content: Any) -> np.ndarray:
    """Return an array of floats as numbers of mpmath's; any other array as it is."""
    array = np.asarray(content)
    return _array(_to_mpf(array)) if array.dtype.kind == "f" else array


def _array(content: Any) -> np.ndarray:
    """Return a result as an array; a function of one element returns a bare number."""
    if isinstance(content, (np.ndarray, np.generic)):
        return np.asarray(content)
    array = np.empty((), object)
    array[()] = content
    return array


_to_mpf = np.frompyfunc(lambda number: mpmath.mpf(float(number)), 1, 1)


def _real(function: Callable[..., Any], count: int = 1) -> Rule:
    """Return a rule for an elementwise function whose result may not be a real number."""

    @functools.lru_cache(64)  # elements are often equal, and an exponential is long
    def number(precision: int, *operands: Any) -> Any:
        try:
            result = function(*operands)
        except (ValueError, ZeroDivisionError):
            return mpmath.nan
        return mpmath.nan if isinstance(result, mpmath.mpc) else result

    each = np.frompyfunc(lambda *operands: number(mpmath.mp.prec, *operands), count, 1)
    return lambda params, *operands: each(*operands)


def _divide(x: Any, y: Any) -> Any:
    if y != 0:
        return x / y
    return mpmath.nan if x == 0 or mpmath.isnan(x) else mpmath.sign(x) * mpmath.inf


def _power(params: Mapping[str, Any], x: Any) -> Any:
    power = params["y"]
    result = np.asarray(x ** abs(power), object)
    return _ONE_OVER({}, result) if power < 0 else result


_ONE_OVER = _real(lambda x: _divide(mpmath.mpf(1), x))


def _convert(params: Mapping[str, Any], x: Any) -> Any:
    new = np.dtype(params["new_dtype"])
    if x.dtype == object:
        return x if new.kind == "f" else x.astype(new)
    return exact(x.astype(np.float64)) if new.kind == "f" else x.astype(new)


#: Those that move numbers about, compare them, or do what a number of mpmath's does by itself.
_AS_ON_NUMPY = frozenset(
    {
        *("add", "add_any", "sub", "mul", "neg", "abs", "square", "max", "min", "select_n"),
        *("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "xor", "not", "iota", "copy", "copy_p"),
        *("reduce_sum", "reduce_max", "reduce_min", "argmax", "argmin", "dot_general", "name"),
        *("broadcast_in_dim", "reshape", "transpose", "squeeze", "concatenate", "slice", "rev"),
        *("stop_gradient", "reduce_precision", "one_minus_square"),
    }
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **{name: ON_NUMPY[name] for name in _AS_ON_NUMPY},
        **{
            name: _real(function)
            for name, function in {
                "exp": mpmath.exp,
                "expm1": mpmath.expm1,
                "log": lambda x: -mpmath.inf if x == 0 else mpmath.log(x),
                "log1p": lambda x: -mpmath.inf if x == -1 else mpmath.log1p(x),
                "sqrt": mpmath.sqrt,
                "sin": mpmath.sin,
                "cos": mpmath.cos,
                "tan": mpmath.tan,
                "atan": mpmath.atan,
                "sinh": mpmath.sinh,
                "cosh": mpmath.cosh,
                "tanh": mpmath.tanh,
                "erf": mpmath.erf,
                "erfc": mpmath.erfc,
                "sign": mpmath.sign,
                "logistic": lambda x: 1 / (1 + mpmath.exp(-x)),
            }.items()
        },
        "div": _real(_divide, 2),
        "pow": _real(lambda x, y: x**y, 2),
        "integer_pow": _power,
        "convert_element_type": _convert,
    }
)
