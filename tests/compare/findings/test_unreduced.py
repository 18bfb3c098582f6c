"""A gradient that was not summed is explained: which expression, which sum, and is that all."""

import jax
import jax.numpy as jnp
import pytest

from compare.findings import unreduced

KEYS = jax.random.split(jax.random.key(0), 4)
W, B = jax.random.normal(KEYS[0], (4, 3)), jax.random.normal(KEYS[1], (3,))
X, Y = jax.random.normal(KEYS[2], (8, 4)), jax.random.normal(KEYS[3], (8, 3))


def loss(p, x, y):
    return jnp.mean((jnp.tanh(x @ p["W"] + p["b"][None, :]) - y) ** 2)


def delta_of(p, x, y):
    u = jnp.tanh(x @ p["W"] + p["b"][None, :])
    return 2 * (u - y) / y.size * (1 - u) * (1 + u)


def in_the_return(p, x, y):
    delta = delta_of(p, x, y)
    return {"W": x.T @ delta, "b": delta}


def in_an_assignment(p, x, y):
    delta = delta_of(p, x, y)
    db = delta
    dW = x.T @ delta
    return {"W": dW, "b": db}


def as_an_expression(p, x, y):
    delta = delta_of(p, x, y)
    grads = {"W": x.T @ delta, "b": delta * jnp.ones_like(y)}
    return grads  # noqa: RET504


def in_a_pair(p, x, y):
    delta = delta_of(p, x, y)
    dW, db = x.T @ delta, delta
    return {"W": dW, "b": db}


#     derivation, the line's text, the expression, the edit
CASES = [
    (
        in_the_return,
        'return {"W": x.T @ delta, "b": delta}',
        "delta",
        "`delta` -> `delta.sum(axis=0)`",
    ),
    (in_an_assignment, "db = delta", "delta", "`delta` -> `delta.sum(axis=0)`"),
    (
        as_an_expression,
        'grads = {"W": x.T @ delta, "b": delta * jnp.ones_like(y)}',
        "delta * jnp.ones_like(y)",
        "`delta * jnp.ones_like(y)` -> `(delta * jnp.ones_like(y)).sum(axis=0)`",
    ),
    (in_a_pair, "dW, db = x.T @ delta, delta", "delta", "`delta` -> `delta.sum(axis=0)`"),
]


@pytest.mark.parametrize(
    ("gradient", "line", "expression", "edit"), CASES, ids=[c[0].__name__ for c in CASES]
)
def test_the_expression_and_its_sum_are_told(gradient, line, expression, edit):
    told = unreduced(loss, gradient, ({"W": W, "b": B}, X, Y))
    assert told.kind == "broadcast-not-reduced"
    assert told.file == __file__
    assert told.text.strip() == line
    first, last = told.span
    assert told.text[first:last] == expression
    assert told.text[:first].count(expression) == line[: -len(expression)].count(expression)
    assert told.edit == edit
    assert told.verified
    assert told.evidence == "summed over the axes that p['b'] does not have, it is the gradient"
    assert told.further == ()


def test_another_mistake_besides_is_told_as_such():
    def twice(p, x, y):
        delta = delta_of(p, x, y)
        return {"W": x.T @ delta, "b": 2 * delta}

    told = unreduced(loss, twice, ({"W": W, "b": B}, X, Y))
    assert not told.verified
    assert told.evidence.endswith("it is not yet the gradient: something else is wrong, too")


def test_axes_of_length_one_are_kept():
    def gradient(b, x):
        return jnp.cos(x + b)

    told = unreduced(lambda b, x: jnp.sum(jnp.sin(x + b)), gradient, (B[None, :], Y))
    assert told.edit == "`jnp.cos(x + b)` -> `jnp.cos(x + b).sum(axis=0, keepdims=True)`"
    assert told.verified


def test_two_leaves_are_both_told():
    def gradient(a, b, x):
        g = jnp.cos(x + a[None, :] + b)
        return g, g

    told = unreduced(
        lambda a, b, x: jnp.sum(jnp.sin(x + a[None, :] + b)), gradient, (B, B[0], Y), (0, 1)
    )
    assert [one.edit for one in (told, *told.further)] == [
        "`g` -> `g.sum(axis=0)`",
        "`g` -> `g.sum(axis=(0, 1))`",
    ]
    assert told.span != told.further[0].span


def test_where_the_text_does_not_tell_the_last_step_is_named():
    def gradient(p, x, y):
        return dict(W=x.T @ delta_of(p, x, y), b=delta_of(p, x, y))  # noqa: C408

    told = unreduced(loss, gradient, ({"W": W, "b": B}, X, Y))
    assert told.line
    assert told.edit == "append .sum(axis=0)"


@pytest.mark.parametrize(
    "gradient",
    [
        lambda p, x, y: {"W": jnp.zeros((3, 4)), "b": p["b"]},  # a transpose
        lambda p, x, y: {"W": p["W"]},  # another tree
    ],
)
def test_another_form_is_another_matter(gradient):
    assert unreduced(loss, gradient, ({"W": W, "b": B}, X, Y)) is None
