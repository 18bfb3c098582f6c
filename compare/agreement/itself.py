"""Refuse to compare a function with itself: it would prove nothing."""

import functools
from collections.abc import Callable
from typing import Any


def refuse_itself(loss: Callable[..., Any], gradient: Callable[..., Any]) -> None:
    """Refuse a derivation that is the loss, or ``jax.grad`` or ``jax.value_and_grad`` of it.

    Raises:
        ValueError: If it is.
    """
    inner = _unwrapped(gradient)
    if inner[-1] == _unwrapped(loss)[-1]:
        what = "the loss itself" if len(inner) == 1 else "derived by JAX from the same loss"
        raise ValueError(
            f"the gradient is {what}; comparing autodiff with itself proves nothing: give the "
            "hand-written function"
        )


def _unwrapped(function: Any) -> list[Any]:
    """Return a function and what it wraps (jit, grad, partial, wraps), outermost first."""
    layers = [function]
    while True:
        wrapped = getattr(layers[-1], "__wrapped__", None)
        if isinstance(layers[-1], functools.partial):
            wrapped = layers[-1].func
        if wrapped is None or wrapped in layers:
            return layers
        layers.append(wrapped)
