"""Every fault is seen, however small a part of the gradient it spoils."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.compare.agreement.problem import Problem, draw, verdicts

PENALTY = 1e-4


def network(fault, dtype) -> Problem:
    """A network with a small penalty, and a derivation whose result is spoilt by ``fault``."""
    y = jax.nn.one_hot(np.arange(20) % 3, 3, dtype=dtype)

    def through(p, x):
        u = jnp.tanh(x @ p["w1"] + p["b1"][None])
        return u, u @ p["w2"] + p["b2"][None]

    def loss(p, x):
        fit = -jnp.mean(jnp.sum(y.astype(x.dtype) * jax.nn.log_softmax(through(p, x)[1]), -1))
        return fit + 0.5 * PENALTY * (jnp.sum(p["w1"] ** 2) + jnp.sum(p["w2"] ** 2))

    def gradient(p, x):
        u, z = through(p, x)
        d = (jax.nn.softmax(z) - y.astype(z.dtype)) / x.shape[0]
        dz = (d @ p["w2"].T) * (1 - u * u)
        right = {
            "w1": x.T @ dz + PENALTY * p["w1"],
            "b1": dz.sum(axis=0),
            "w2": u.T @ d + PENALTY * p["w2"],
            "b2": d.sum(axis=0),
        }
        return {**right, **fault(right, p)}

    shapes = {"w1": (7, 6), "b1": (6,), "w2": (6, 3), "b2": (3,)}
    params = {name: draw(*shape).astype(dtype) for name, shape in shapes.items()}
    return Problem(loss, gradient, (params, draw(20, 7).astype(dtype)))


#   fault                  what it does to the gradient                      leaves it spoils
FAULTS = {
    "all by 1.001": (lambda g, p: {k: v * 1.001 for k, v in g.items()}, "w1 b1 w2 b2"),
    "one leaf by 1.000001": (lambda g, p: {"w1": g["w1"] * (1 + 1e-6)}, "w1"),
    "one leaf by 1.000000001": (lambda g, p: {"w1": g["w1"] * (1 + 1e-9)}, "w1"),
    "one sign": (lambda g, p: {"w1": g["w1"].at[2, 3].multiply(-1)}, "w1"),
    "one row": (lambda g, p: {"w1": g["w1"].at[2].set(0)}, "w1"),
    "one unit": (lambda g, p: {"w1": g["w1"].at[:, 2].multiply(1.5)}, "w1"),
    "one number": (lambda g, p: {"w2": g["w2"].at[0, 0].add(1e-7)}, "w2"),
    "penalty left out": (lambda g, p: {"w1": g["w1"] - PENALTY * p["w1"]}, "w1"),
    "bias averaged": (lambda g, p: {"b1": g["b1"] / 20}, "b1"),
    "sign": (lambda g, p: {"b2": -g["b2"]}, "b2"),
    "zero": (lambda g, p: {"w2": 0 * g["w2"]}, "w2"),
    "nan": (lambda g, p: {"b2": g["b2"].at[1].set(jnp.nan)}, "b2"),
    "inf": (lambda g, p: {"b2": g["b2"].at[1].set(jnp.inf)}, "b2"),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_fault_and_no_other_leaf(name, dtype):
    fault, leaves = FAULTS[name]
    report = network(fault, dtype).ask()
    wrong = {node.name for node in report.wrong}
    assert wrong == {f"p['{leaf}']" for leaf in leaves.split()}, str(report)
    assert all(node.verdict == "wrong" for node in report.wrong)
    assert not any(node.consequence_of for node in report.nodes)


def test_the_worst_element_and_both_values():
    report = network(FAULTS["one sign"][0], "float32").ask()
    (node,) = report.wrong
    assert node.worst is not None
    assert node.worst.index == (2, 3)
    assert node.worst.hand == pytest.approx(-node.worst.reference)
    assert node.wrong_elements == 1


def test_the_value_alone():
    report = Problem(
        lambda w: jnp.sum(w**2), lambda w: (jnp.sum(w**2) / 2, 2 * w), (draw(3),)
    ).ask()
    assert verdicts(report) == {"loss": "wrong", "w": "agrees"}
    assert report.first_wrong == "loss"


def test_a_batch_norm_whose_bias_forgets_the_mean():
    x, t = draw(16, 4), draw(16, 4, seed=1)

    def normalized(z):
        centered = z - z.mean(axis=0, keepdims=True)
        scale = 1 / jnp.sqrt(jnp.mean(centered**2, axis=0, keepdims=True) + 1e-5)
        return scale, centered * scale

    def gradient(b):
        scale, h = normalized(x + b[None])
        return jnp.sum(2 * (h - t) * scale, axis=0)

    report = Problem(
        lambda b: jnp.sum((normalized(x + b[None])[1] - t) ** 2), gradient, (draw(4),)
    ).ask()
    assert report.first_wrong == "b"


def test_a_stop_gradient_that_the_hand_forgot():
    """Numeric differentiation sides with the hand, but the author of the loss meant it."""
    x = draw(6, 4)

    def target(w):
        return 0.9 * jnp.max(x @ w)

    def loss(w):
        return jnp.mean((x @ w - jax.lax.stop_gradient(target(w))) ** 2)

    def gradient(w):
        q = x @ w
        d = 2 * (q - target(w)) / q.size
        return x.T @ d - 0.9 * x[jnp.argmax(q)] * d.sum()

    report = Problem(loss, gradient, (draw(4),)).ask()
    assert verdicts(report) == {"w": "wrong"}
