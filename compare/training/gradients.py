"""Who computes the gradient: an engine by name, or the caller's own derivation.

    name      value and gradient
    manual    manual_backprop.value_and_grad(mlp)
    autodiff  jax.value_and_grad(mlp.loss)

All have one signature, ``(params, x, y) -> (loss, grads)``; training knows no other difference.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jaxtyping import Array

from compare.training.contexts import matmul_precision
from functional_nn import MLP, Params, Scalar
from functional_nn.names import lookup
from manual_backprop import value_and_grad

#: ``(params, x, y) -> (loss, grads)``
ValueAndGrad: TypeAlias = Callable[..., tuple[Any, Any]]

engines: Mapping[str, Callable[[MLP], ValueAndGrad]] = MappingProxyType(
    {
        "manual": value_and_grad,
        "autodiff": lambda mlp: jax.value_and_grad(mlp.loss),
    }
)


def gradient_name(gradient: object) -> str:
    """Return what to call a gradient, once it is known to be one.

    Raises:
        ValueError: If there is no engine of this name; the nearest known one is offered.
        TypeError: If it is neither a name nor callable.
    """
    if isinstance(gradient, str):
        lookup("gradient", gradient, engines)
        return gradient
    if not callable(gradient):
        raise TypeError(
            f"gradient is {gradient!r}; wanted {' or '.join(map(repr, engines))}, "
            "or a function (params, x, y) -> (loss, grads)."
        )
    return getattr(gradient, "__name__", type(gradient).__name__)


def value_and_gradient(
    mlp: MLP, gradient: str | ValueAndGrad, precision: str | None = None
) -> ValueAndGrad:
    """Return ``(params, x, y) -> (loss, grads)`` of an engine, or of the caller, held to its form.

    Args:
        mlp: The network.
        gradient: Name of an engine, or the caller's own derivation.
        precision: Of every matrix product in it.
    """
    derivation = engines[gradient](mlp) if isinstance(gradient, str) else gradient

    def loss_and_gradients(params: Params, x: Array, y: Array) -> tuple[Scalar, Params]:
        with matmul_precision(precision):
            return _checked(params, derivation(params, x, y))

    return loss_and_gradients


def _checked(params: Params, returned: object) -> tuple[Scalar, Params]:
    """Refuse what is no loss with gradients of the parameters' own tree, shapes and dtypes.

    Runs while tracing, so before any work and at no cost.
    """
    if not (isinstance(returned, tuple) and len(returned) == 2 and jnp.ndim(returned[0]) == 0):
        raise TypeError(
            f"gradient returned {_described(returned)}; "
            "wanted (loss, grads) with a scalar loss, as jax.value_and_grad returns."
        )
    loss, grads = returned
    given, wanted = str(jax.tree.structure(grads)), str(jax.tree.structure(params))
    if given != wanted:
        raise TypeError(
            f"gradient returned grads of the tree {given}; wanted that of the parameters, {wanted}."
        )
    pairs = zip(jax.tree_util.tree_leaves_with_path(params), jax.tree.leaves(grads), strict=True)
    for (path, leaf), grad in pairs:
        if (jnp.shape(grad), jnp.result_type(grad)) != (leaf.shape, leaf.dtype):
            raise TypeError(
                f"gradient returned {jnp.result_type(grad)} {list(jnp.shape(grad))} for "
                f"{jax.tree_util.keystr(path)}; wanted {leaf.dtype} {list(leaf.shape)}, "
                "as the parameter has."
            )
    return jnp.asarray(loss), grads


def _described(returned: object) -> str:
    if isinstance(returned, tuple) and len(returned) == 2:
        return f"a loss of shape {list(jnp.shape(returned[0]))}"
    return f"a tuple of {len(returned)}" if isinstance(returned, tuple) else type(returned).__name__
