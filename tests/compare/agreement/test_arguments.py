"""What may be among the arguments, and what may not."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient
from functional_nn import MLP
from manual_backprop import value_and_grad
from tests.compare.agreement.problem import Problem, draw, verdicts


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Affine:
    scale: jax.Array
    shift: jax.Array


class Opaque:
    """No pytree: JAX sees one leaf."""

    def __init__(self, x):
        self.x = x


def everything() -> Problem:
    def through(p, x, mask):
        return jnp.where(mask, p["layers"][0].scale * x + p["layers"][1], 0.0)

    def loss(p, mode, x, mask, nothing, opaque):
        assert nothing is None
        assert opaque.x == 3
        factor = 2 if mode == "double" else 1
        return jnp.sum(through(p, x, mask) ** 2) * factor + p["layers"][0].shift

    def gradient(p, mode, x, mask, nothing, opaque):
        d = 4 * through(p, x, mask)
        one = jnp.ones_like(p["layers"][0].shift)
        return {"layers": (Affine(d * x, one), jnp.sum(d))}

    params = {"layers": (Affine(draw(4), jnp.float32(2.0)), jnp.float32(1.0))}
    mask = jnp.asarray([True, False, True, True])
    return Problem(loss, gradient, (params, "double", draw(4, seed=1), mask, None, Opaque(3)))


def product(a, k, b):
    return jnp.sum(a * b) ** 2 * k


def by_a(a, k, b):
    return 2 * jnp.sum(a * b) * k * b


def by_b(a, k, b):
    return 2 * jnp.sum(a * b) * k * a


FACTORS = draw(4), 3, draw(4, seed=1)

#   derivation                                                                          nodes
RIGHT = {
    "dictionaries, dataclasses, strings, None": (
        everything,
        ["p['layers'][0].scale", "p['layers'][0].shift", "p['layers'][1]"],
    ),
    "a scalar": (lambda: Problem(lambda a: a**3, lambda a: 3 * a**2, (2.0,)), ["a"]),
    "a gradient that is a number": (
        lambda: Problem(lambda a: 2.0 * a, lambda a: 2.0, (jnp.float32(2.0),)),
        ["a"],
    ),
    "an array without elements": (
        lambda: Problem(
            lambda p: jnp.sum(p["full"] ** 2) + jnp.sum(p["empty"]),
            lambda p: {"full": 2 * p["full"], "empty": jnp.ones_like(p["empty"])},
            ({"full": draw(3), "empty": jnp.zeros((0, 4))},),
        ),
        ["p['full']", "p['empty']"],
    ),
    "a leaf that is not used": (
        lambda: Problem(
            lambda p: jnp.sum(p["used"] ** 2),
            lambda p: {"used": 2 * p["used"], "idle": jnp.zeros_like(p["idle"])},
            ({"used": draw(3), "idle": draw(2)},),
        ),
        ["p['used']", "p['idle']"],
    ),
    "one argument by number": (lambda: Problem(product, by_b, FACTORS, {"argnums": 2}), ["b"]),
    "a negative number": (lambda: Problem(product, by_b, FACTORS, {"argnums": -1}), ["b"]),
    "two arguments": (
        lambda: Problem(
            product, lambda *args: (by_a(*args), by_b(*args)), FACTORS, {"argnums": (0, 2)}
        ),
        ["a", "b"],
    ),
    "two in another order": (
        lambda: Problem(
            product, lambda *args: (by_b(*args), by_a(*args)), FACTORS, {"argnums": (2, 0)}
        ),
        ["a", "b"],
    ),
    "positional only": (
        lambda: Problem(lambda *args: product(*args), by_a, FACTORS),
        ["args[0]"],
    ),
    "value and gradient": (
        lambda: Problem(lambda w: jnp.sum(w**3), lambda w: (jnp.sum(w**3), 3 * w**2), (draw(3),)),
        ["loss", "w"],
    ),
    "value and gradient of a pair": (
        lambda: Problem(
            lambda p: p[0] * p[1], lambda p: (p[0] * p[1], (p[1], p[0])), ((2.0, 3.0),)
        ),
        ["loss", "p[0]", "p[1]"],
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_no_false_alarm(name):
    make, nodes = RIGHT[name]
    report = make().ask()
    assert report.agrees, str(report)
    assert sorted(verdicts(report)) == sorted(nodes)


def test_a_static_network_among_the_arguments():
    mlp = MLP((4, 5, 3), "tanh")
    x, y = draw(6, 4), np.array([0, 1, 2, 0, 1, 2])

    def loss(network, params):
        return network.loss(params, x, y)

    def gradient(network, params):
        return value_and_grad(network)(params, x, y)

    report = Problem(loss, gradient, (mlp, mlp.init(jax.random.key(0))), {"argnums": 1}).ask()
    assert report.agrees, str(report)
    assert report.nodes[0] == "loss"
    assert {"params[1].weight", "params[0].bias"} <= set(verdicts(report))


def test_the_arguments_are_left_alone():
    x = np.ones(3, np.float32)
    Problem(lambda w: jnp.sum(w**2), lambda w: 2 * w, (x,)).ask()
    assert (x == 1).all()


#   arguments          argnums    error        message
REFUSED = {
    "integers": ((jnp.arange(3),), 0, TypeError, "w is int32; gradients are taken of real floats"),
    "complex": (
        (jnp.ones(3, jnp.complex64),),
        0,
        TypeError,
        "w is complex64; gradients are taken of real",
    ),
    "a string": (("abc",), 0, TypeError, "w is str; gradients are taken of real floats"),
    "an object": ((Opaque(1),), 0, TypeError, "w is Opaque; gradients are taken of real floats"),
    "None": ((None,), 0, TypeError, "argument w holds no float array; there is nothing to diff"),
    "no arguments": ((), 0, ValueError, "argnums 0 names no argument; 0 were given"),
    "a number too large": ((jnp.ones(3),), 1, ValueError, "argnums 1 names no argument; 1 were"),
    "no number": ((jnp.ones(3),), (), ValueError, "argnums is empty; name at least one argument"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    args, argnums, error, message = REFUSED[name]
    with pytest.raises(error) as found:
        check_gradient(lambda w: jnp.sum(w), lambda w: w, *args, argnums=argnums)
    assert str(found.value).startswith(message)
