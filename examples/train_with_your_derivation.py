"""Train on handwritten digits with a gradient of your own, once it is proven.

    python examples/train_with_your_derivation.py
    python examples/train_with_your_derivation.py --epochs 40

A derivation is a function (params, x, y) -> (loss, grads). Here it is that of one hidden relu
layer, written with nothing but jax.numpy; ``train`` compiles it into the same step that the
built-in engines run in, and refuses it before any work if its tree or shapes do not fit.
"""

import argparse
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import optax

from compare import assert_gradients_agree, train
from functional_nn import MLP, Dense
from functional_nn.datasets import load

MLP_DIGITS = MLP((64, 48, 10))  # relu, softmax cross-entropy


def my_gradient(params, x, y):
    """Return the loss and the gradients, derived by hand."""
    first, second = params
    z1 = x @ first.weight + first.bias[None, :]
    u1 = jnp.maximum(z1, 0)
    z2 = u1 @ second.weight + second.bias[None, :]
    logp = jax.nn.log_softmax(z2, axis=1)
    t = jax.nn.one_hot(y, z2.shape[1], dtype=z2.dtype)

    dz2 = (jnp.exp(logp) - t) / x.shape[0]
    dz1 = jnp.where(z1 > 0, dz2 @ second.weight.T, jnp.zeros_like(z1))
    grads = (
        Dense(x.T @ dz1, jnp.sum(dz1, axis=0)),
        Dense(u1.T @ dz2, jnp.sum(dz2, axis=0)),
    )
    return -jnp.mean(jnp.sum(t * logp, axis=1)), grads


def main(argv: Sequence[str] | None = None) -> int:
    """Prove, then train three times from the same start; return 0 if all reach the same."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=30)
    epochs = parser.parse_args(argv).epochs

    digits = load("digits")
    params = MLP_DIGITS.init(jax.random.key(1))
    report = assert_gradients_agree(
        MLP_DIGITS.loss, my_gradient, params, digits.train.x[:16], digits.train.y[:16]
    )
    print(f"{report}\n")

    reached = []
    for gradient in (my_gradient, "manual", "autodiff"):
        result = train(MLP_DIGITS, optax.adam(3e-3), digits, gradient=gradient, epochs=epochs)
        print(result)
        reached.append(result.history.loss[-1])
    return 0 if max(reached) - min(reached) < 1e-3 else 1


if __name__ == "__main__":
    raise SystemExit(main())
