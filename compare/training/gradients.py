"""Who computes the gradient: an engine by name, or the caller's own derivation.

    name      value and gradient
    manual    manual_backprop.value_and_grad(mlp)
    autodiff  jax.value_and_grad(mlp.loss)

All have one signature, ``(params, x, y) -> (loss, grads)``; training knows no other difference.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias, cast

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from compare.agreement.errors import unfit_tree
from compare.training.contexts import matmul_precision
from functional_nn import MLP, Params, Scalar
from functional_nn.mlp import in_dtype
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


def mixed(
    mlp: MLP, gradient: str | ValueAndGrad, compute: np.dtype[Any]
) -> Callable[..., tuple[Any, Any]]:
    """Return ``(params, x, y, scale) -> (loss, grads)`` that computes in another dtype.

    The scale multiplies what is differentiated and is taken out of the gradients; a caller's own
    derivation knows no scale and gets parameters and inputs in that dtype.
    """
    if gradient == "manual":
        by_hand = value_and_grad(mlp)
        return lambda params, x, y, scale: by_hand(params, x, y, compute=compute, scale=scale)
    if gradient == "autodiff":
        return _autodiff_scaled(mlp, compute)
    derivation = cast(ValueAndGrad, gradient)

    def own(params: Params, x: Array, y: Array, scale: Scalar | None) -> tuple[Any, Any]:
        narrow = in_dtype(compute, params)
        loss, grads = _checked(narrow, derivation(narrow, x.astype(compute), y))
        return loss.astype(params[0].weight.dtype), jax.tree.map(
            lambda grad, leaf: grad.astype(leaf.dtype), grads, params
        )

    return own


def _autodiff_scaled(mlp: MLP, compute: np.dtype[Any]) -> Callable[..., tuple[Any, Any]]:
    def both(params: Params, x: Array, y: Array, scale: Scalar | None) -> tuple[Scalar, Params]:
        factor = jnp.ones((), params[0].weight.dtype) if scale is None else scale

        def scaled(params: Params) -> Scalar:
            return factor * mlp.loss(params, x, y, compute=compute)

        loss, grads = jax.value_and_grad(scaled)(params)
        return loss / factor, jax.tree.map(lambda grad: grad / factor, grads)

    return both


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
    mlp: MLP,
    gradient: str | ValueAndGrad,
    precision: str | None = None,
    compute: np.dtype[Any] | None = None,
) -> ValueAndGrad:
    """Return ``(params, x, y) -> (loss, grads)`` of an engine, or of the caller, held to its form.

    Args:
        mlp: The network.
        gradient: Name of an engine, or the caller's own derivation.
        precision: Of every matrix product in it.
        compute: Dtype that layers compute in; with one, it takes a scale of the loss, too.
    """
    derivation: Any = engines[gradient](mlp) if isinstance(gradient, str) else gradient
    if compute is not None:
        derivation = mixed(mlp, gradient, compute)

    def loss_and_gradients(
        params: Params, x: Array, y: Array, scale: Scalar | None = None
    ) -> tuple[Scalar, Params]:
        with matmul_precision(precision):
            more = () if compute is None else (scale,)
            return _checked(params, derivation(params, x, y, *more))

    return loss_and_gradients


def _checked(params: Params, returned: object) -> tuple[Scalar, Params]:
    """Refuse what is no loss with gradients of the parameters' own tree, shapes and dtypes.

    Runs while tracing, so before any work and at no cost.
    """
    if not (isinstance(returned, tuple) and len(returned) == 2 and _is_scalar(returned[0])):
        raise TypeError(
            f"gradient returned {_described(returned)}; "
            "wanted (loss, grads) with a scalar loss, as jax.value_and_grad returns."
        )
    loss, grads = returned
    if jax.tree.structure(grads) != jax.tree.structure(params):  # type: ignore[operator]
        raise TypeError(unfit_tree(grads, params, leaf_names(params)))
    for name, leaf, grad in zip(
        leaf_names(params), jax.tree.leaves(params), jax.tree.leaves(grads), strict=True
    ):
        if (jnp.shape(grad), jnp.result_type(grad)) != (leaf.shape, leaf.dtype):
            raise TypeError(
                f"gradient returned {jnp.result_type(grad)} {list(jnp.shape(grad))} for "
                f"{name}; wanted {leaf.dtype} {list(leaf.shape)}, as the parameter has."
            )
    return jnp.asarray(loss), grads


def leaf_names(params: Params) -> list[str]:
    """Return what reports call the parameters: "params[0].weight", ..."""
    return [f"params{jax.tree_util.keystr(path)}" for path, _ in jax.tree.leaves_with_path(params)]


def _is_scalar(loss: object) -> bool:
    return jax.tree_util.all_leaves([loss]) and jnp.ndim(loss) == 0  # type: ignore[arg-type]


def _described(returned: object) -> str:
    if isinstance(returned, tuple) and len(returned) == 2:
        if jax.tree_util.all_leaves([returned[0]]):
            return f"a loss of shape {list(jnp.shape(returned[0]))}"
        return f"a {type(returned[0]).__name__} for a loss"
    return f"a tuple of {len(returned)}" if isinstance(returned, tuple) else type(returned).__name__
