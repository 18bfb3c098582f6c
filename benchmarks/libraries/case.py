"""A function of a library and what to run it on, so that its derivative rules are met."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True, eq=False)
class Case:
    """One call.

    Attributes:
        name: As a reader would write the function.
        function: It.
        args: What it is called with; arrays are varied.
        by_design: Rules that its documentation says are not the derivative.
        wraps: What a library's wrapper for rules, which has one name for all of them, stands for.
    """

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    by_design: tuple[str, ...] = ()
    wraps: str = ""


MIXED = np.array([0.3, -1.2, 0.7, 2.1])
POSITIVE = np.array([1.5, 2.5, 3.2, 0.8])
SHARE = np.array([0.3, 0.7, 0.45, 0.85])
LABELS = np.array([2, 0, 1, 2])
SQUARE = np.array([[3.1, 0.4, -0.7], [0.4, 2.2, 0.5], [-0.7, 0.5, 4.3]])
ROWS = np.array([[0.3, -1.2, 0.7], [1.1, 0.2, -0.4], [-0.8, 0.9, 2.0], [0.5, 1.7, -1.5]])
WEIGHTS = np.abs(ROWS) / np.abs(ROWS).sum(axis=1, keepdims=True)

#: What one to four arguments may be; the first that runs and stays finite is taken.
TEMPLATES: tuple[tuple[np.ndarray, ...], ...] = (
    *((MIXED,) * k for k in (1, 2, 3)),
    *((POSITIVE,) * k for k in (1, 2, 3)),
    *((*(POSITIVE,) * k, SHARE) for k in (0, 1, 2, 3)),
    (SHARE, POSITIVE),
    (SQUARE,),
    (SQUARE, SQUARE),
    (SQUARE, SQUARE[0]),
    (ROWS,),
    (ROWS, WEIGHTS),
    (ROWS, LABELS),
    (ROWS, ROWS[0]),
)


def sweep(
    module: ModuleType, prefix: str, skip: Sequence[str] = (), templates: Any = TEMPLATES
) -> Iterator[Case]:
    """Yield a case for each public function of a module that meets a rule.

    Arguments are tried from the templates until the function runs with finite results.
    """
    for name in sorted(n for n in dir(module) if not n.startswith("_") and n not in skip):
        function = getattr(module, name)
        if not callable(function) or inspect.isclass(function):
            continue
        for arguments in templates:
            args = tuple(jnp.asarray(argument) for argument in arguments)
            if _meets_a_rule(function, args):
                yield Case(f"{prefix}.{name}", function, args)
                break


def _meets_a_rule(function: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    try:
        text = str(jax.make_jaxpr(function)(*args))
        if "custom_jvp_call" not in text and "custom_vjp_call" not in text:
            return False
        results = [out for out in jax.tree.leaves(function(*args)) if hasattr(out, "dtype")]
    except Exception:  # noqa: BLE001  it takes other arguments
        return False
    floats = [np.asarray(out) for out in results if jnp.issubdtype(out.dtype, jnp.floating)]
    return all(np.isfinite(out).all() for out in floats)
