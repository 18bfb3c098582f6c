"""The first wrong step is named, and what only follows from it is said to follow."""

import jax.numpy as jnp
import numpy as np
import pytest
from jax.ad_checkpoint import checkpoint_name

from compare.mistakes import mistakes
from functional_nn import MLP, Dense
from tests.compare.agreement.problem import Problem, draw, verdicts

SIZES = (5, 6, 4, 7, 3)
X, LABELS = draw(8, 5), np.arange(8) % 3


def parameters(mlp):
    return tuple(
        Dense(draw(n_in, n_out, scale=0.7), draw(n_out, scale=0.3))
        for n_in, n_out in zip(mlp.sizes[:-1], mlp.sizes[1:], strict=True)
    )


def planted(mistake, layer) -> Problem:
    mlp = MLP(SIZES, ("tanh", "silu", "softplus"), l2=0.1)
    return Problem(
        lambda params: mlp.loss(params, X, LABELS),
        lambda params: mistakes[mistake].plant(mlp, layer)(params, X, LABELS),
        (parameters(mlp),),
    )


LAST = "1.weight 1.bias 0.weight 0.bias"

#    mistake                     layer   first wrong           what follows from it
PLANTED = [
    ("factor-two", 4, "z4", "z3 z2 z1 3.weight 3.bias 2.weight 2.bias " + LAST),
    ("missing-slope", 3, "z3", "z2 z1 2.weight 2.bias " + LAST),
    ("missing-slope", 2, "z2", "z1 " + LAST),
    ("recursion-sign", 2, "z1", "0.weight 0.bias"),
    ("slope-at-the-wrong-value", 1, "z1", "0.weight 0.bias"),
    ("bias-mean-for-sum", 3, "params[2].bias", ""),
    ("sum-for-mean", 2, "params[1].weight", ""),
    ("penalty-forgotten", 1, "params[0].weight", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mistake", "layer", "first", "follows"), PLANTED, ids=[f"{c[0]}-{c[1]}" for c in PLANTED]
)
def test_planted(mistake, layer, first, follows):
    report = planted(mistake, layer).ask()
    assert report.first_wrong == first
    expected = {name if name[0] == "z" else _leaf(name) for name in follows.split()}
    consequences = {node.name for node in report.nodes if node.consequence_of}
    assert consequences == expected
    assert {node.consequence_of for node in report.nodes} <= {"", first}
    assert {node.name for node in report.wrong} == {first, *expected}


def _leaf(name):
    number, _, field = name.partition(".")
    return f"params[{number}].{field}"


def test_nodes_come_nearest_the_loss_first():
    names = list(verdicts(planted("factor-two", 4).ask()))
    assert names.index("z4") < names.index("z3") < names.index("z2") < names.index("z1")
    assert names.index("params[3].weight") < names.index("params[0].weight")


def two_heads(fault) -> Problem:
    """A value that two heads share: its cotangent collects from both."""
    x, t = draw(6, 4), draw(6, 2)

    def through(p, x):
        h = jnp.tanh(x @ p["w"])
        return h, h @ p["a"], h @ p["b"]

    def loss(p):
        h = checkpoint_name(jnp.tanh(checkpoint_name(x @ p["w"], "z")), "h")
        left = checkpoint_name(h @ p["a"], "left")
        right = checkpoint_name(h @ p["b"], "right")
        return jnp.sum((left - t) ** 2) + jnp.sum(jnp.sin(right))

    def gradient(p):
        h, left, right = through(p, x)
        d_left, d_right = 2 * (left - t), jnp.cos(right)
        dh = fault(d_left @ p["a"].T, d_right @ p["b"].T)
        dz = dh * (1 - h * h)
        named = {"left": d_left, "right": d_right, "h": dh, "z": dz}
        return {"w": x.T @ dz, "a": h.T @ d_left, "b": h.T @ d_right}, named

    params = {"w": draw(4, 5), "a": draw(5, 2), "b": draw(5, 3)}
    return Problem(loss, gradient, (params,))


def test_a_mistake_in_a_shared_value():
    assert two_heads(lambda left, right: left + right).ask().agrees
    report = two_heads(lambda left, right: left).ask()
    assert report.first_wrong == "h"
    assert {n.name: n.consequence_of for n in report.wrong} == {"h": "", "z": "h", "p['w']": "h"}


def test_two_mistakes_are_both_first():
    right = two_heads(lambda left, right: left + right)

    def gradient(p):
        grads, named = right.gradient(p)
        return {**grads, "b": -grads["b"]}, {**named, "left": 2 * named["left"]}

    report = right._replace(gradient=gradient).ask()
    assert {node.name for node in report.wrong if not node.consequence_of} == {"p['b']", "left"}


def test_wrong_comes_before_what_is_only_imprecise():
    def loss(p):
        return jnp.sum(jnp.logaddexp(checkpoint_name(p["z"] * p["w"], "zw"), 0.0))

    def gradient(p):
        e = jnp.exp(p["z"] * p["w"])
        d = e / (1 + e)
        return {"z": 2 * d * p["w"], "w": d * p["z"]}, {"zw": d}

    params = {"z": jnp.asarray([1.0, 100.0]), "w": jnp.ones(2)}
    report = Problem(loss, gradient, (params,)).ask()
    assert verdicts(report) == {"zw": "imprecise", "p['z']": "wrong", "p['w']": "imprecise"}
    assert report.first_wrong == "p['z']"
