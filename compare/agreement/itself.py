"""Refuse to compare a function with itself: it would prove nothing."""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from compare.program import Equation, Place, Program
from compare.program.place import is_machinery
from compare.program.program import Value

#: What a derivation may do to a gradient without having derived anything.
_HANDED_ON = frozenset({"convert_element_type", "copy", "reshape", "slice", "split", "squeeze"})
#: How much of the loss's source has to be met in the derivation's own use of autodiff.
MOST = 0.7


def refuse_itself(loss: Callable[..., Any], gradient: Callable[..., Any]) -> None:
    """Refuse a derivation that is the loss, or ``jax.grad`` or ``jax.value_and_grad`` of it.

    Raises:
        ValueError: If it is.
    """
    inner = list(_unwrapped(gradient))
    if inner[-1] == list(_unwrapped(loss))[-1]:
        _refuse("the loss itself" if len(inner) == 1 else "derived by JAX from the same loss")


def refuse_autodiff(loss: Program, hand: Program, leaves: Sequence[int]) -> None:
    """Refuse a derivation that calls ``jax.grad`` of the loss and returns what it gets.

    A derivation may well use ``jax.vjp`` for a part, or differentiate another function; then some
    of its gradients come from its own equations, or its autodiff runs through other source.

    Args:
        loss: The forward function.
        hand: The derivation.
        leaves: Which of its outputs are gradients.

    Raises:
        ValueError: If it does.
    """
    outputs = [_original(hand, hand.outputs[k]) for k in leaves]
    written = [hand.equations[hand.writer[value]] for value in outputs if value in hand.writer]
    if not written or not all(equation.derived for equation in written):
        return
    if _has_cotangents_of_its_own(hand, outputs):
        return
    of_loss = {_spot(equation.place) for equation in loss.equations if equation.place}
    met = {_spot(equation.place) for equation in hand.equations if equation.derived}
    last = [loss.equations[loss.writer[v]].place for v in loss.outputs if v in loss.writer]
    ends_alike = bool(last) and all(_spot(place) in met for place in last)
    if ends_alike and len(of_loss & met) >= MOST * len(of_loss):
        _refuse("derived by JAX from the same loss")


def _refuse(what: str) -> None:
    raise ValueError(
        f"the gradient is {what}; comparing autodiff with itself proves nothing: give the "
        "hand-written function"
    )


def _unwrapped(function: Any) -> Iterator[Any]:
    """Yield a function and what it wraps (jit, grad, partial), outermost first.

    A function of the author's own that ``functools.wraps`` another one is not looked into.
    """
    while function is not None:
        yield function
        code = getattr(function, "__code__", None)
        if isinstance(function, functools.partial):
            function = function.func
        elif code is not None and not is_machinery(code.co_filename):
            return
        else:
            function = getattr(function, "__wrapped__", None)


def _original(program: Program, value: Value) -> Value:
    """Return what a value is at most a cast, a part or a copy of."""
    while value in program.writer:
        equation = program.equations[program.writer[value]]
        if equation.derived or equation.primitive not in _HANDED_ON:
            break
        value = equation.inputs[0]
    return value


def _has_cotangents_of_its_own(hand: Program, outputs: list[Value]) -> bool:
    """Whether autodiff in the derivation is fed with something made of its own results."""
    derived = [equation for equation in hand.equations if equation.derived]
    after = hand.fed_by([value for equation in derived for value in equation.outputs])

    def own(equation: Equation) -> bool:
        return not equation.derived and any(value in after for value in equation.inputs)

    todo, seen = list(outputs), set()
    while todo:
        value = todo.pop()
        if value in seen or value not in hand.writer:
            continue
        seen.add(value)
        equation = hand.equations[hand.writer[value]]
        if own(equation):
            return True
        if equation.derived:
            todo.extend(equation.inputs)
    return False


def _spot(place: Place | None) -> tuple[object, ...]:
    return (place.file, place.line, place.columns) if place else ()
