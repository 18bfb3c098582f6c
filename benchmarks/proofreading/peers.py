"""The tools people use now, asked about the same derivations: do they notice?"""

import importlib.util
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.test_util import check_grads, check_vjp

from benchmarks.proofreading.mutants import argnums, arguments

TORCH = importlib.util.find_spec("torch") is not None


def noticed(module: ModuleType, seed: int) -> dict[str, bool]:
    """Return which tools notice that a derivation is wrong, at arguments drawn with a seed."""
    found = {}
    for dtype in ("float32", "float64"):
        with jax.enable_x64(dtype == "float64"):
            free, wrapped = _as_rule(module, arguments(module, seed, dtype))
            found[f"check_grads {dtype}"] = _raises(check_grads, wrapped, free, 1, ["rev"])
    with jax.enable_x64(True):
        free, wrapped = _as_rule(module, arguments(module, seed, "float64"))
        found["check_vjp float64"] = _raises(
            check_vjp, wrapped, lambda *a: jax.vjp(wrapped, *a), free
        )
        if TORCH:
            found["torch gradcheck"] = _raises(_gradcheck, module, seed)
    return found


def _raises(check: Callable[..., Any], *arguments: Any) -> bool:
    """Return whether a tool objects; it may do so by not getting through at all (a wrong shape)."""
    try:
        check(*arguments)
    except Exception:  # noqa: BLE001 -- whatever a mutant makes a tool raise
        return True
    return False


def _split(module: ModuleType, args: Sequence[Any]) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    numbers = argnums(module)
    positions = numbers if isinstance(numbers, tuple) else (numbers,)
    return positions, tuple(args[k] for k in positions)


def _grads(module: ModuleType, args: Sequence[Any]) -> tuple[Any, ...]:
    """Return the gradients of the differentiated arguments, as a tuple."""
    result = module.gradient(*args)
    if any("z3" in step for step in module.STEPS):
        result = result[0]
    return tuple(result) if isinstance(argnums(module), tuple) else (result,)


def _as_rule(module: ModuleType, args: Sequence[Any]) -> tuple[tuple[Any, ...], Callable[..., Any]]:
    """Return the differentiated arguments and the loss with the derivation as its rule."""
    positions, free = _split(module, args)

    def merged(values: Sequence[Any]) -> list[Any]:
        every = [*args]
        for position, value in zip(positions, values, strict=True):
            every[position] = value
        return every

    @jax.custom_vjp
    def loss(*values: Any) -> Any:
        return module.loss(*merged(values))

    def backward(values: Sequence[Any], g: Any) -> Any:
        return jax.tree.map(lambda leaf: g * leaf, _grads(module, merged(values)))

    loss.defvjp(lambda *values: (loss(*values), values), backward)
    return free, loss


def _gradcheck(module: ModuleType, seed: int) -> None:
    """Run torch's gradcheck on the loss with the derivation as its backward."""
    import torch

    args = arguments(module, seed, "float64")
    positions, free = _split(module, args)
    leaves, tree = jax.tree.flatten(free)

    def every(tensors: Sequence[Any]) -> list[Any]:
        values = jax.tree.unflatten(tree, [jnp.asarray(t.detach().numpy()) for t in tensors])
        merged = [*args]
        for position, value in zip(positions, values, strict=True):
            merged[position] = value
        return merged

    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.save_for_backward(*tensors)
            return torch.tensor(float(module.loss(*every(tensors))), dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            grads = jax.tree.leaves(_grads(module, every(ctx.saved_tensors)))
            return tuple(g * torch.from_numpy(np.array(grad)) for grad in grads)

    tensors = [torch.from_numpy(np.array(leaf)).requires_grad_() for leaf in leaves]
    torch.autograd.gradcheck(Loss.apply, tensors)
