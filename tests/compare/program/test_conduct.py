"""Functions that cannot be judged by one trace are refused, each with its own words and line."""

import random
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare.program.conduct import ConductError, examine
from compare.program.untraceable import reason

HERE = Path(__file__).name
X = jnp.array([0.5, -1.0, 2.0])
P = {"w": X}
LABELS = np.array([1, 0, 2])
COUNTER = {"calls": 0}
KEPT: list[object] = []


def python_random(x):
    return 2 * x * (1 + random.random())


def numpy_random(x):
    noise = np.random.default_rng().normal()
    return 2 * x + noise


def in_a_loop(x):
    def step(carry, row):
        return carry * random.random(), row

    return jax.lax.scan(step, x, jnp.ones((3, 2)))[0]


def counts(x):
    COUNTER["calls"] += 1
    return 2 * x * COUNTER["calls"]


def grows(x):
    KEPT.append(0)
    return sum((x for _ in KEPT), start=x)


def replaces(p):
    w = p["w"]
    p["w"] = 2 * w
    return p


def pops(p):
    w = p.pop("w")
    return {"w": 2 * w}


def adds(p):
    p.setdefault("extra", 1.0)
    return {"w": 2 * p["w"]}


def writes(x, labels):
    labels[0] = 7
    return 2 * x


def generates(x):
    yield 2 * x


async def waits(x):
    return 2 * x


#     function, arguments, the line it is told by, what is said
MISCONDUCT = [
    (python_random, (X,), "return 2 * x * (1 + random.random())", "is not deterministic"),
    (numpy_random, (X,), "return 2 * x + noise", "is not deterministic"),
    (in_a_loop, (X,), "return carry * random.random(), row", "is not deterministic"),
    (counts, (X,), 'return 2 * x * COUNTER["calls"]', "is not deterministic"),
    (grows, (X,), "return sum((x for _ in KEPT), start=x)", "is not deterministic"),
    (replaces, (P,), 'p["w"] = 2 * w', "changes its argument p['w']"),
    (pops, (P,), 'w = p.pop("w")', "changes its argument p['w']"),
    (adds, (P,), 'p.setdefault("extra", 1.0)', "changes its argument p['extra']"),
    (writes, (X, LABELS), "labels[0] = 7", "changes its argument labels"),
]


@pytest.mark.parametrize(
    ("function", "arguments", "line", "said"), MISCONDUCT, ids=[c[0].__name__ for c in MISCONDUCT]
)
def test_it_is_refused_with_its_line(function, arguments, line, said):
    with pytest.raises(ConductError) as caught:
        examine(function, "the derivation", arguments)
    message = str(caught.value)
    assert message.startswith(f"the derivation {said}")
    assert f"  {line}" in message
    assert f"{HERE}:" in message
    assert list(P) == ["w"]
    assert P["w"] is X
    assert LABELS[0] == 1


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (3, "the loss is an int; wanted a function"),
        (generates, "the loss is a generator (it has a yield) (at "),
        (waits, "the loss is a coroutine (async def) (at "),
        (lambda: 0.0, "the loss does not take the 1 arguments given (at "),
        (lambda x, y: x, "the loss does not take the 1 arguments given (at "),
    ],
    ids=["no function", "generator", "coroutine", "too few", "too many"],
)
def test_what_is_no_such_function_is_refused(function, said):
    with pytest.raises(ConductError) as caught:
        examine(function, "the loss", (X,))
    assert str(caught.value).startswith(said)


class Layer:
    def gradient(self, x):
        self.seen = x
        return 2 * x

    seen = None


def keeps(x):
    KEPT[:] = [x]
    return 2 * x


@pytest.mark.parametrize(
    ("function", "what"), [(keeps, "KEPT"), (Layer().gradient, "self")], ids=["global", "self"]
)
def test_what_is_kept_elsewhere_is_told(function, what):
    (note,) = examine(function, "the derivation", (X,))
    assert note.startswith(f"the derivation changes {what}, which is none of its arguments;")


MEMO: dict[str, object] = {}


def remembers(x):
    if "table" not in MEMO:
        MEMO["table"] = np.arange(3.0)
    return 2 * x * jnp.asarray(MEMO["table"], x.dtype)


def closes_over(x):
    factor = jnp.array(2.0)

    def inner(y):
        return factor * y

    return inner(x)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (remembers, (X,)),
        (closes_over, (X,)),
        (jax.jit(lambda x: 2 * x), (X,)),
        (lambda key, x: x * jax.random.normal(key, x.shape), (jax.random.key(0), X)),
        (lambda p, labels: {"w": p["w"] * (labels > 0)}, (P, LABELS)),
        (lambda x: jax.random.normal(jax.random.key(3), x.shape) * x, (X,)),
        (lambda x: x / 0 * jnp.nan, (X,)),
        (lambda x: x[0] if x[0] > 0 else x, (X,)),  # does not run: told elsewhere
        (jnp.sum, (X,)),
        (max, (X, X)),
    ],
)
def test_what_is_in_order_is_left_alone(function, arguments):
    assert examine(function, "the derivation", arguments) == ()


# --- why it cannot be traced -----------------------------------------------------------------


def filled(x):
    out = np.zeros(3)
    out[0] = x[0]
    return out


#     what the author wrote, what is said
UNTRACEABLE = [
    (lambda x: x if x[0] > 0 else -x, "it branches on a value"),
    (lambda x: np.square(x), "it hands a traced array to NumPy"),
    (filled, "it hands a traced array to NumPy"),
    (lambda x: float(x[0]) * x, "it turns a value into a Python number"),
    (lambda x: [1, 2, 3][jnp.argmax(x)] * x, "it uses a value as a Python index or length"),
    (lambda x: x[x > 0], "it selects with a mask of traced values"),
    (lambda x: x @ jnp.ones((7,)), ""),
]


@pytest.mark.parametrize(("function", "said"), UNTRACEABLE)
def test_each_cause_has_its_own_words(function, said):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        jax.make_jaxpr(function)(X)
    assert reason(caught.value).startswith(said)
    assert bool(reason(caught.value)) == bool(said)
