"""What a gate's functions must take and return, told before anything is compared."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from compare.agreement.errors import unfit_leaf
from functional_nn.gates import Gate
from manual_backprop.rules import Rule

#: What a function may raise when it is traced at inputs or options that it was not made for.
FAILURES = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RuntimeError)


class Unfit(ValueError):  # noqa: N818, it says what does not fit
    """A gate that cannot be computed at these inputs with these options."""


def check_contract(
    gate: Gate, rule: Rule, inputs: Sequence[jax.Array], options: Mapping[str, Any]
) -> None:
    """Refuse functions that are no gate's and no rule's, at these inputs.

    Raises:
        Unfit: If the gate cannot be computed here.
        ValueError: If forward does not return one float array, or backward not one contribution
            an input, of the input's shape.
        TypeError: If backward cannot be called as a rule is.
    """
    v = value_of(gate, inputs, options)
    names = ", ".join(gate.inputs)
    arguments = _arguments(gate, ["dv", "v"])
    _check_call(gate, "backward", rule.pull, arguments, (v, v, *inputs), options)
    try:
        returned = _returned(partial(rule.pull, **options), v, v, *inputs)
    except FAILURES:
        return  # the comparison tells it with the line
    found = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(found) != len(inputs):
        raise ValueError(
            f"gate {gate.name!r}: backward returned {len(found)} contributions, the gate has "
            f"{len(inputs)} inputs ({names}); return one an input, in this order, None for an "
            "input that has none"
        )
    for name, d, a in zip(gate.inputs, found, inputs, strict=True):
        unfit = unfit_leaf(name, d, a, same_dtype=False) if d is not None else ""
        if unfit:
            raise ValueError(f"gate {gate.name!r} at {_places(inputs)}, backward: {unfit}")


def value_of(gate: Gate, inputs: Sequence[jax.Array], options: Mapping[str, Any]) -> Any:
    """Return shape and dtype of the gate's value.

    Raises:
        Unfit: If it cannot be computed.
        ValueError: If it is not one float array.
    """
    try:
        v = jax.eval_shape(partial(gate.forward, **options), *inputs)
    except FAILURES as error:
        raise Unfit(
            f"gate {gate.name!r} cannot be computed at {_places(inputs)}; give examples= "
            f"and options= that suit it: {error}"
        ) from error
    if not isinstance(v, jax.ShapeDtypeStruct):
        kind = f"a {type(v).__name__}"
        got = f"{kind} of {len(v)}" if isinstance(v, (tuple, list, dict)) else kind
        raise ValueError(
            f"gate {gate.name!r}: forward returned {'None' if v is None else got}; a gate has one "
            "value: return one array, and make a gate of each value when there are several"
        )
    if not jnp.issubdtype(v.dtype, jnp.floating):
        raise ValueError(
            f"gate {gate.name!r}: forward returned {v.dtype}, of which there is no gradient; "
            "return floats"
        )
    return v


def check_tangent_call(
    gate: Gate, rule: Rule, inputs: Sequence[jax.Array], options: Mapping[str, Any]
) -> None:
    """Refuse a tangent rule that cannot be called as one."""
    arguments = _arguments(gate, ["tangents", "v"])
    _check_call(gate, "tangent", rule.push, arguments, (inputs, None, *inputs), options)


def _returned(function: Callable[..., Any], *args: Any) -> Any:
    """Return what a function returns when it is traced, be it arrays or not."""
    kept = []

    def trace(*traced: Any) -> None:
        kept.append(function(*traced))

    jax.eval_shape(trace, *args)
    return kept[0]


def _check_call(
    gate: Gate,
    what: str,
    function: Callable[..., Any],
    arguments: str,
    given: Sequence[Any],
    options: Mapping[str, Any],
) -> None:
    signature = inspect.signature(function)
    try:
        signature.bind(*given, **options)
    except TypeError as error:
        raise TypeError(
            f"gate {gate.name!r}: {what} takes {signature}, but is called as {what}({arguments}): "
            f"{error}"
        ) from None


def _arguments(gate: Gate, before: Sequence[str]) -> str:
    options = ["*", *gate.options] if gate.options else []
    return ", ".join([*before, *gate.inputs, *options])


def _places(inputs: Sequence[jax.Array]) -> str:
    """Write where a gate is computed."""
    return f"inputs of shape {', '.join(str(list(a.shape)) for a in inputs)}"
