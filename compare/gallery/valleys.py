"""Two valleys of one sigmoid unit's cost, and ways down them: plain, or with noise of three kinds.

Eight rows near the middle want a rising curve, two far out a falling one, so that there is a
valley on either side of w = 0. The noise ends after three quarters of the steps, and the rest are
plain: what counts is where a run settles.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from functional_nn import MLP, Dense, Params
from manual_backprop import value_and_grad

UNIT = MLP((1, 1), output="sigmoid", loss="half_squared_error")
X = np.array([-1.0] * 4 + [1.0] * 4 + [-10.0, 10.0], np.float32)[:, None]
Y = np.array([0.0] * 4 + [1.0] * 4 + [1.0, 0.0], np.float32)[:, None]
RATE = 0.4
#: Standard deviations of the noise on the targets and, a step, on the weights.
ON_DATA, ON_WEIGHTS = 1.5, 0.12
Step = Callable[[Params, Array], Params]


def _step(params: Params, x: Array, y: Array) -> Params:
    _, grads = value_and_grad(UNIT)(params, x, y)
    return jax.tree.map(lambda w, dw: w - RATE * dw, params, grads)


def _plain(params: Params, random: Array) -> Params:
    return _step(params, jnp.asarray(X), jnp.asarray(Y))


def _single(params: Params, random: Array) -> Params:
    row = jax.random.randint(random, (1,), 0, len(X))
    return _step(params, jnp.asarray(X)[row], jnp.asarray(Y)[row])


def _data(params: Params, random: Array) -> Params:
    noise = ON_DATA * jax.random.normal(random, Y.shape)
    return _step(params, jnp.asarray(X), jnp.asarray(Y) + noise)


def _weights(params: Params, random: Array) -> Params:
    (layer,) = _plain(params, random)
    first, second = ON_WEIGHTS * jax.random.normal(random, (2, 1))
    return (Dense(layer.weight + first[None], layer.bias + second),)


WAYS: Mapping[str, Step] = MappingProxyType(
    {
        "all rows": _plain,
        "one row at a time": _single,
        "noise on the data": _data,
        "noise on the weights": _weights,
    }
)


def run(way: Step, begin: Array, random: Array, steps: int) -> Array:
    """Return weight and bias after every step, three quarters of them with noise."""

    def walk(way: Step, params: Params, keys: Array) -> tuple[Params, Array]:
        def step(params: Params, random: Array) -> tuple[Params, Array]:
            params = way(params, random)
            (layer,) = params
            return params, jnp.append(layer.weight, layer.bias)

        return lax.scan(step, params, keys)

    keys = jax.random.split(random, steps)
    begun = (Dense(begin[:1, None], begin[1:]),)
    params, noisy = walk(way, begun, keys[: 3 * steps // 4])
    _, settled = walk(_plain, params, keys[3 * steps // 4 :])
    return jnp.concatenate([begin[None], noisy, settled])


def cost_of(
    across: Float[np.ndarray, " columns"], up: Float[np.ndarray, " lines"]
) -> Float[np.ndarray, "lines columns"]:
    """Return the cost at every pair of a weight and a bias."""
    x, y = jnp.asarray(X), jnp.asarray(Y)

    def at(w: Array, b: Array) -> Array:
        return UNIT.loss((Dense(w.reshape(1, 1), b.reshape(1)),), x, y)

    weights, biases = (jnp.asarray(each, jnp.float32) for each in (across, up))
    table = jax.vmap(jax.vmap(at, (0, None)), (None, 0))(weights, biases)
    return np.asarray(table, np.float64)
