"""A derivation as one writes it down, with one mistake in it, for ``handgrad demo`` to find."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from functional_nn import Dense, Params

#: Weight of the penalty.
L2 = 1e-3
#: What is wrong below, in words.
MISTAKE = "in layer 2 the slope of tanh is written 1 - u instead of 1 - u²"
#: The first node that it spoils, and what follows from that one.
FIRST, CONSEQUENCES = "z2", 5


def gradient(
    params: Params, x: Float[Array, "batch n_in"], y: Int[Array, " batch"]
) -> tuple[Params, dict[str, Float[Array, "batch _"]]]:
    """Return the gradients and deltas of a network with a relu, a tanh and a softmax layer.

    Equations:
        δ_3 = (softmax(z_3) - t) / batch
        δ_2 = (δ_3 W_3ᵀ) ∘ (1 - u_2²)        this is where the mistake is made
        δ_1 = (δ_2 W_2ᵀ) ∘ (z_1 > 0)
        dW_l = u_{l-1}ᵀ δ_l + l2 W_l,   db_l = Σ_batch δ_l
    """
    first, second, third = params
    z1 = x @ first.weight + first.bias[None, :]
    u1 = jnp.maximum(z1, 0)
    z2 = u1 @ second.weight + second.bias[None, :]
    u2 = jnp.tanh(z2)
    z3 = u2 @ third.weight + third.bias[None, :]

    t = jax.nn.one_hot(y, z3.shape[1], dtype=z3.dtype)
    delta3 = (jax.nn.softmax(z3) - t) / len(x)
    delta2 = (delta3 @ third.weight.T) * (1 - u2)
    delta1 = (delta2 @ second.weight.T) * jnp.where(z1 > 0, 1.0, 0.0)

    grads = (
        Dense(x.T @ delta1 + L2 * first.weight, delta1.sum(axis=0)),
        Dense(u1.T @ delta2 + L2 * second.weight, delta2.sum(axis=0)),
        Dense(u2.T @ delta3 + L2 * third.weight, delta3.sum(axis=0)),
    )
    return grads, {"z1": delta1, "z2": delta2, "z3": delta3}
