"""Functions that cannot be judged are refused, each in its own words, with the line."""

import random
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from compare import (
    DerivationError,
    GradientStructureError,
    assert_gradients_agree,
    check_gradient,
    check_rule,
)
from tests.compare.agreement.problem import draw

HERE = Path(__file__).name
W, X = draw(3), draw(4, 3)
KEPT: list[object] = []


def loss(w, x):
    return jnp.mean((x @ w) ** 2)


def right(w, x):
    return 2 * x.T @ (x @ w) / x.shape[0]


def raises(w, x):
    return x @ x @ w


def branches(w, x):
    if w[0] > 0:
        return right(w, x)
    return -right(w, x)


def hands_to_numpy(w, x):
    return np.linalg.norm(w) * w


def fills(w, x):
    g = np.zeros(3)
    g[0] = w[0]
    return g


def converts(w, x):
    return float(w[0]) * w


def indexes(w, x):
    return w * (1, 2, 3)[w.argmax()]


def selects(w, x):
    return w[w > 0]


def draws(w, x):
    return right(w, x) * random.random()


def changes(w, x):
    x[0] = 0
    return right(w, x)


def forgets(w, x):
    2 * x.T @ (x @ w) / x.shape[0]


def twice(w, x):
    return right(w, x), right(w, x)


def of_one(w):
    return w


def waits(w, x):
    yield w


#       derivation      what is said, and on which line of this file
REFUSED = [
    (raises, "the derivation raised TypeError at ", "return x @ x @ w"),
    (branches, ": it branches on a value; write jnp.where", "if w[0] > 0:"),
    (hands_to_numpy, ": it hands a traced array to NumPy; use jax.numpy", "np.linalg.norm(w) * w"),
    (fills, ": it hands a traced array to NumPy; use jax.numpy", "g[0] = w[0]"),
    (converts, ": it turns a value into a Python number; leave float()", "float(w[0]) * w"),
    (indexes, ": it uses a value as a Python index or length", "(1, 2, 3)[w.argmax()]"),
    (selects, ": it selects with a mask of traced values", "return w[w > 0]"),
    (draws, "the derivation is not deterministic at ", "right(w, x) * random.random()"),
    (changes, "JAX arrays are immutable", "x[0] = 0"),
    (forgets, "the derivation returned None: it ends without a return", "def forgets(w, x):"),
    (twice, "the gradient's tree differs from the arguments'", "def twice(w, x):"),
    (of_one, "the derivation does not take the 2 arguments given", "def of_one(w):"),
    (waits, "the derivation is a generator (it has a yield)", "def waits(w, x):"),
]


def line_of(text):
    found = [k for k, line in enumerate(Path(__file__).read_text().splitlines(), 1) if text in line]
    return found[0]


@pytest.mark.parametrize("check", [check_gradient, assert_gradients_agree])
@pytest.mark.parametrize(
    ("derivation", "said", "line"), REFUSED, ids=[c[0].__name__ for c in REFUSED]
)
def test_a_derivation_is_refused_with_its_line(derivation, said, line, check):
    with pytest.raises((DerivationError, GradientStructureError)) as caught:
        check(loss, derivation, W, X)
    assert said in str(caught.value)
    assert f"{HERE}:{line_of(line)}" in str(caught.value)


def test_arguments_stay_as_they_were():
    def doubles(p, x):
        p["w"] = 2 * p["w"]
        return p

    params = {"w": W}
    with pytest.raises(DerivationError, match=r"the derivation changes its argument p\['w'\] at "):
        check_gradient(lambda p, x: loss(p["w"], x), doubles, params, X)
    assert params["w"] is W


def test_a_side_effect_is_a_note():
    def keeps(w, x):
        KEPT[:] = [w]
        return right(w, x)

    report = check_gradient(loss, keeps, W, X, vary=False)
    assert report.agrees
    assert report.notes[0].startswith("the derivation changes KEPT, which is none of its arguments")


def test_a_loss_of_several_numbers_is_told_with_its_line():
    def rows(w, x):
        return x @ w

    with pytest.raises(TypeError, match=rf"^the loss returns shape \[4\].*{HERE}:\d+\)$"):
        check_gradient(rows, right, W, X)


def product(x, y):
    return jnp.sin(x) * y


def forward(x, y):
    return product(x, y), (x, y)


def backward(saved, g):
    x, y = saved
    return g * jnp.cos(x) * y, g * jnp.sin(x)


def branching(saved, g):
    return (g, g) if g[0] > 0 else (g, -g)


def drawing(saved, g):
    return g * random.random(), g


def changing(saved, g):
    saved["x"] = 0
    return g, g


#    function, forward, backward                                    what is said
RULES = [
    (product, forward, branching, "the derivation cannot be traced by JAX at "),
    (product, forward, drawing, "bwd is not deterministic at "),
    (
        product,
        lambda x, y: (product(x, y), {"x": x}),
        changing,
        "bwd changes its argument s",
    ),
    (
        product,
        forward,
        lambda saved, g: None,
        "bwd returned NoneType cotangents for 2 arguments;",
    ),
    (product, forward, lambda g: (g, g), "bwd does not take the 2 arguments given (at"),
    (product, product, backward, "fwd returned a single value (at"),
    (
        product,
        lambda x, y: (product(x, y)[None, :], (x, y)),
        backward,
        "fwd's output is float32[1, 3], fun's float32[3] (at",
    ),
    (product, lambda x, y: (x @ y @ x, ()), backward, "fwd raised "),
    (lambda x, y: x if x[0] > 0 else y, forward, backward, "fun cannot be traced by JAX at "),
    (lambda x, y: x @ y @ x, forward, backward, "fun raised "),
]


@pytest.mark.parametrize(("function", "fwd", "bwd", "said"), RULES, ids=[c[3][:24] for c in RULES])
def test_a_rule_is_refused(function, fwd, bwd, said):
    with pytest.raises((DerivationError, GradientStructureError)) as caught:
        check_rule(function, fwd, bwd, W, W)
    assert str(caught.value).startswith(said)
    assert f"{HERE}:" in str(caught.value)


def test_a_rule_without_a_float_output_is_refused():
    with pytest.raises(TypeError, match=r"^fun returns no float array; there is no gradient"):
        check_rule(jnp.argmax, lambda x: (jnp.argmax(x), None), lambda saved, g: (jnp.zeros(3),), W)
